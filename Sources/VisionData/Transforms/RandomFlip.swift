/// A transform that exchanges left and right, with a probability of one half.
public struct RandomFlip: Transform {
  /// Creates the flip.
  public init() {}

  /// Draws whether the sample is flipped, and flips the image and every target.
  public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
    Bool.random(using: &generator) ? sample.applying(.flip) : sample
  }
}
