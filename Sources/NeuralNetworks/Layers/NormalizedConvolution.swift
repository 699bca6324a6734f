/// A convolution that all tasks share, with what normalizes its output for each of them.
public struct NormalizedConvolution {
  /// Output × input × height × width.
  public let weight: Parameter
  /// By task.
  public let normalizations: [String: BatchNormalization]

  public init(_ convolution: Convolution, _ normalization: TaskNormalization) {
    weight = convolution.weight
    normalizations = normalization.byTask
  }
}
