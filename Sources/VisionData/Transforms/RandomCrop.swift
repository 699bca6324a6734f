/// Cuts out a part of a given size at a random place. Where the image is too small, what is missing at the right and below
/// is black, and unknown.
public struct RandomCrop: Transform {
  public let height: Int
  public let width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
    let row = Int.random(in: 0...max(0, sample.image.height - height), using: &generator)
    let column = Int.random(in: 0...max(0, sample.image.width - width), using: &generator)
    return sample.applying(.crop(row: row, column: column, height: height, width: width))
  }
}
