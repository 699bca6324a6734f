/// A transform that enlarges or shrinks the image by a random factor, as if the camera came closer or went away.
public struct RandomScale: Transform {
  /// The factors.
  public let factors: ScaleFactors

  /// Creates a change of scale.
  ///
  /// - Parameter range: the range of the factors, above zero.
  public init(_ range: ClosedRange<Float>) { self.init(.range(range)) }

  /// Creates a change of scale by some factors.
  public init(_ factors: ScaleFactors) { self.factors = factors }

  /// Draws a factor, and scales the image and every target.
  public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
    sample.applying(.scale(factor: factors.draw(using: &generator)))
  }
}
