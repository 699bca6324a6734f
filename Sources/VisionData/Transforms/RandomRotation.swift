/// A transform that turns the image by a random angle about its center; what comes in from beyond the image is black,
/// and unknown.
public struct RandomRotation: Transform {
  /// The range of the angles, in degrees, counterclockwise.
  public let range: ClosedRange<Float>

  /// Creates a rotation.
  ///
  /// - Parameter range: the range of the angles, in degrees, counterclockwise.
  public init(degrees range: ClosedRange<Float>) { self.range = range }

  /// Draws an angle, and rotates the image and every target.
  public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
    sample.applying(.rotate(degrees: .random(in: range, using: &generator)))
  }
}
