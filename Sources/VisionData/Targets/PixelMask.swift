import Support

/// Yes or no for every pixel, channels × height × width.
public struct PixelMask: Sendable, Equatable {
  /// Planes of height × width.
  public let channels: Int
  /// Rows of pixels.
  public let height: Int
  /// Columns of pixels.
  public let width: Int
  /// Planar: a whole channel, row by row, before the next.
  public let values: [Bool]

  /// - Parameter values: as many as channels, height and width say.
  public init(channels: Int = 1, height: Int, width: Int, values: [Bool]) {
    require(
      values.count == channels * height * width, "\(values.count) values do not fill \(channels)×\(height)×\(width)")
    self.channels = channels
    self.height = height
    self.width = width
    self.values = values
  }

  /// The same for every pixel.
  public init(channels: Int = 1, height: Int, width: Int, repeating value: Bool) {
    self.init(
      channels: channels, height: height, width: width,
      values: [Bool](repeating: value, count: channels * height * width))
  }
}
