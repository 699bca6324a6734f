/// What the channels of a source's images are.
public enum ImageChannels: String, Sendable, CaseIterable {
  /// Red, green and blue.
  case rgb
  /// Red, green, blue, and depth in meters, zero where nothing was measured.
  case rgbd

  /// The number of channels.
  public var count: Int { self == .rgb ? 3 : 4 }

  /// The channel that holds depth in meters; nil if there is none.
  public var depthChannel: Int? { self == .rgb ? nil : 3 }
}

extension PixelMap {
  /// Returns a map of this map's channels, and behind them those of another map of the same size.
  package func appending(_ other: PixelMap) -> PixelMap {
    PixelMap(channels: channels + other.channels, height: height, width: width, values: values + other.values)
  }
}
