/// A change of a sample that keeps image and ground truth in step.
public protocol Transform: Sendable {
  /// - Parameter generator: every random choice comes from it.
  func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample
}
