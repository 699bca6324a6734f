/// A transform that resizes the image to a fixed size without keeping the proportions.
public struct Rescale: Transform {
  /// The height of the result, in pixels.
  public let height: Int
  /// The width of the result, in pixels.
  public let width: Int

  /// Creates a change to a size in pixels.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// Resizes the image and every target.
  public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
    guard sample.image.height != height || sample.image.width != width else { return sample }
    return sample.applying(.resize(height: height, width: width))
  }
}
