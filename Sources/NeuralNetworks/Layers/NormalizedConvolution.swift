/// A convolution that all tasks share, with what normalises its output for each of them.
public struct NormalizedConvolution {
  /// Output × input × height × width.
  public let weight: Parameter
  /// By task.
  public let normalizations: [String: BatchNormalization]

  /// None where the tasks share one normalization.
  public init?(_ convolution: Convolution, _ normalization: TaskNormalization) {
    guard let normalizations = normalization.byTask else { return nil }
    weight = convolution.weight
    self.normalizations = normalizations
  }
}
