/// A change of a sample, which the image and its ground truth undergo together.
public protocol Transform: Sendable {
  /// Returns a sample after the change.
  ///
  /// - Parameters:
  ///   - sample: the sample before the change.
  ///   - generator: the generator of every random choice.
  func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample
}
