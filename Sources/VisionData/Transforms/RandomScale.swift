/// A transform that enlarges or shrinks the image by a random factor, as if the camera came closer or went away.
public struct RandomScale: Transform {
  /// The range of the factors, above zero.
  public let range: ClosedRange<Float>

  /// Creates a change of scale.
  ///
  /// - Parameter range: the range of the factors, above zero.
  public init(_ range: ClosedRange<Float>) { self.range = range }

  /// Draws a factor, and scales the image and every target.
  public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
    sample.applying(.scale(factor: .random(in: range, using: &generator)))
  }
}
