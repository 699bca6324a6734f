/// Resizes to a fixed size without keeping the proportions.
public struct Rescale: Transform {
  public let height: Int
  public let width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
    guard sample.image.height != height || sample.image.width != width else { return sample }
    return sample.applying(.resize(height: height, width: width))
  }
}
