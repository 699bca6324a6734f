/// A convolution that all tasks share, with what normalizes its output for each of them.
public struct NormalizedConvolution {
  /// The kernels: outputs × inputs × kernel height × kernel width.
  public let weight: Parameter
  /// The normalization of the output, by task.
  public let normalizations: [String: BatchNormalization]

  /// Creates the pair of a convolution and the normalizations of its output.
  public init(_ convolution: Convolution, _ normalization: TaskNormalization) {
    weight = convolution.weight
    normalizations = normalization.byTask
  }
}
