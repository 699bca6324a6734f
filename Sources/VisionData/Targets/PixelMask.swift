import Support

/// A mask of yes and no for every pixel, channels × height × width.
public struct PixelMask: Sendable, Equatable {
  /// The number of channels, each a plane of height × width.
  public let channels: Int
  /// The height in pixels.
  public let height: Int
  /// The width in pixels.
  public let width: Int
  /// The values, planar: a whole channel, row by row, before the next.
  public let values: [Bool]

  /// Creates a mask of values that fill its size.
  public init(channels: Int = 1, height: Int, width: Int, values: [Bool]) {
    require(
      values.count == channels * height * width, "\(values.count) values do not fill \(channels)×\(height)×\(width)")
    self.channels = channels
    self.height = height
    self.width = width
    self.values = values
  }

  /// Creates a mask that has one value everywhere.
  public init(channels: Int = 1, height: Int, width: Int, repeating value: Bool) {
    self.init(
      channels: channels, height: height, width: width,
      values: [Bool](repeating: value, count: channels * height * width))
  }
}
