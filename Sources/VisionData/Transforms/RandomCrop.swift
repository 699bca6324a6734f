/// A transform that cuts out a part of a given size at a random place. Where the image is too small, what is missing at
/// the right and below is black, and unknown.
public struct RandomCrop: Transform {
  /// The height of the part, in pixels.
  public let height: Int
  /// The width of the part, in pixels.
  public let width: Int

  /// Creates a crop to a size in pixels.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// Draws a place, and cuts the image and every target there.
  public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
    let row = Int.random(in: 0...max(0, sample.image.height - height), using: &generator)
    let column = Int.random(in: 0...max(0, sample.image.width - width), using: &generator)
    return sample.applying(.crop(row: row, column: column, height: height, width: width))
  }
}
