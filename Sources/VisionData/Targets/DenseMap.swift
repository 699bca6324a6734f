import Support

/// Ground truth for every pixel, with a mask of the pixels where it is known.
public struct DenseMap: Sendable, Equatable {
  /// What the numbers mean.
  public let content: MapContent
  /// The numbers, channels × height × width; zero where nothing is known.
  public let values: PixelMap
  /// The mask of what is known, with one channel, or for ``MapContent/quantities`` as many as the values have; nil if
  /// everything is known.
  public let known: PixelMask?

  /// Creates a map. A mask that does not fit the values stops the process.
  ///
  /// - Parameters:
  ///   - content: what the numbers mean.
  ///   - values: the numbers, channels × height × width; any finite number may stand where nothing is known.
  ///   - known: the mask of what is known, of the values' height and width; nil if everything is known.
  public init(_ content: MapContent, _ values: PixelMap, known: PixelMask? = nil) {
    self.content = content
    guard let known, known.values.contains(false) else {
      self.values = values
      self.known = nil
      return
    }
    require(
      known.height == values.height && known.width == values.width
        && known.channels == content.maskChannels(of: values.channels),
      "a mask of \(known.channels)×\(known.height)×\(known.width) does not fit a map of \(values.channels)×\(values.height)×\(values.width)"
    )
    self.known = known
    let count = values.height * values.width
    let channels = values.channels
    // Most maps are made with zeros there, and need no copy.
    let isClear = values.values.withUnsafeBufferPointer { values in
      (0..<channels).allSatisfy { channel in
        let mask = known.channels == 1 ? 0 : channel * count
        return (0..<count).allSatisfy { known.values[mask + $0] || values[channel * count + $0] == 0 }
      }
    }
    guard !isClear else {
      self.values = values
      return
    }
    var cleared = values
    cleared.values.withUnsafeMutableBufferPointer { cleared in
      for channel in 0..<values.channels {
        let mask = known.channels == 1 ? 0 : channel * count
        for index in 0..<count where !known.values[mask + index] { cleared[channel * count + index] = 0 }
      }
    }
    self.values = cleared
  }

  /// Creates a map of which nothing is known.
  public init(unknown content: MapContent, channels: Int, height: Int, width: Int) {
    self.init(
      content, PixelMap(channels: channels, height: height, width: width),
      known: PixelMask(
        channels: content.maskChannels(of: channels), height: height, width: width, repeating: false))
  }

  /// The number of values for each pixel.
  public var channels: Int { values.channels }
  /// The height in pixels.
  public var height: Int { values.height }
  /// The width in pixels.
  public var width: Int { values.width }

  /// Whether a value is known.
  public func isKnown(channel: Int = 0, row: Int, column: Int) -> Bool {
    isKnown(channel: channel, pixel: row * width + column)
  }

  /// Whether a value is known.
  ///
  /// - Parameters:
  ///   - channel: the channel of the value.
  ///   - pixel: the position of the pixel, row by row.
  public func isKnown(channel: Int = 0, pixel: Int) -> Bool {
    guard let known else { return true }
    return known.values[(known.channels == 1 ? 0 : channel * height * width) + pixel]
  }
}
