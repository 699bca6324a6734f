import Support

/// A map of numbers, channels × height × width: an image, or one task's ground truth for it.
public struct PixelMap: Sendable, Equatable {
  /// The number of channels, each a plane of height × width.
  public let channels: Int
  /// The height in pixels.
  public let height: Int
  /// The width in pixels.
  public let width: Int
  /// The numbers, planar: a whole channel, row by row, before the next.
  public var values: [Float]

  /// Creates a map of values that fill its size.
  public init(channels: Int, height: Int, width: Int, values: [Float]) {
    require(
      values.count == channels * height * width, "\(values.count) values do not fill \(channels)×\(height)×\(width)")
    self.channels = channels
    self.height = height
    self.width = width
    self.values = values
  }

  /// Creates a map that has one value everywhere.
  public init(channels: Int, height: Int, width: Int, repeating value: Float = 0) {
    self.init(
      channels: channels, height: height, width: width,
      values: [Float](repeating: value, count: channels * height * width))
  }

  /// The value at a place.
  public subscript(channel: Int, row: Int, column: Int) -> Float {
    get { values[(channel * height + row) * width + column] }
    set { values[(channel * height + row) * width + column] = newValue }
  }
}

extension PixelMap {
  /// Returns the map in another size, each pixel with the value of the nearest one, as labels need it. Pixel centers
  /// lie at half integers.
  public func resizedNearest(height: Int, width: Int) -> PixelMap {
    let rows = Self.nearest(from: self.height, to: height)
    let columns = Self.nearest(from: self.width, to: width)
    var result: [Float] = []
    result.reserveCapacity(channels * height * width)
    for channel in 0..<channels {
      for row in rows {
        let start = (channel * self.height + row) * self.width
        for column in columns { result.append(values[start + column]) }
      }
    }
    return PixelMap(channels: channels, height: height, width: width, values: result)
  }

  /// Returns for each new position along a side the nearest old one.
  static func nearest(from old: Int, to new: Int) -> [Int] {
    (0..<new).map { min(old - 1, (2 * $0 + 1) * old / (2 * new)) }
  }

  /// Returns the map in another size, interpolated linearly between pixels, with borders repeated, as colors need it.
  /// Pixel centers lie at half integers.
  public func resizedBilinear(height: Int, width: Int) -> PixelMap {
    let rows = Self.samples(from: self.height, to: height)
    let columns = Self.samples(from: self.width, to: width)
    var result: [Float] = []
    result.reserveCapacity(channels * height * width)
    values.withUnsafeBufferPointer { values in
      for channel in 0..<channels {
        let plane = channel * self.height * self.width
        for row in rows {
          let (upper, lower) = (plane + row.low * self.width, plane + row.high * self.width)
          for column in columns {
            let top = values[upper + column.low] * (1 - column.fraction) + values[upper + column.high] * column.fraction
            let bottom =
              values[lower + column.low] * (1 - column.fraction) + values[lower + column.high] * column.fraction
            result.append(top * (1 - row.fraction) + bottom * row.fraction)
          }
        }
      }
    }
    return PixelMap(channels: channels, height: height, width: width, values: result)
  }

  private static func samples(from old: Int, to new: Int) -> [(low: Int, high: Int, fraction: Float)] {
    (0..<new).map { position in
      let source = max(0, (Float(position) + 0.5) * Float(old) / Float(new) - 0.5)
      let low = min(old - 1, Int(source))
      return (low, min(old - 1, low + 1), source - Float(low))
    }
  }
}
