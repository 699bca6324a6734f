import Support

/// A map of numbers, channels × height × width: a picture, or one task's ground truth for it.
public struct PixelMap: Sendable, Equatable {
  public let channels: Int
  public let height: Int
  public let width: Int
  /// Planar: a whole channel, row by row, before the next.
  public var values: [Float]

  public init(channels: Int, height: Int, width: Int, values: [Float]) {
    require(
      values.count == channels * height * width, "\(values.count) values do not fill \(channels)×\(height)×\(width)")
    self.channels = channels
    self.height = height
    self.width = width
    self.values = values
  }

  public init(channels: Int, height: Int, width: Int, repeating value: Float = 0) {
    self.init(
      channels: channels, height: height, width: width,
      values: [Float](repeating: value, count: channels * height * width))
  }

  public subscript(channel: Int, row: Int, column: Int) -> Float {
    get { values[(channel * height + row) * width + column] }
    set { values[(channel * height + row) * width + column] = newValue }
  }
}

extension PixelMap {
  /// The part of a map that starts at a row and column.
  public func cropped(row: Int, column: Int, height: Int, width: Int) -> PixelMap {
    require(
      row >= 0 && column >= 0 && row + height <= self.height && column + width <= self.width,
      "\(height)×\(width) at (\(row), \(column)) lies outside of \(self.height)×\(self.width)")
    var result: [Float] = []
    result.reserveCapacity(channels * height * width)
    for channel in 0..<channels {
      for y in row..<(row + height) {
        let start = (channel * self.height + y) * self.width + column
        result += values[start..<(start + width)]
      }
    }
    return PixelMap(channels: channels, height: height, width: width, values: result)
  }

  /// Left and right exchanged.
  public func flippedHorizontally() -> PixelMap {
    var result = self
    for row in stride(from: 0, to: values.count, by: width) {
      for column in 0..<width { result.values[row + column] = values[row + width - 1 - column] }
    }
    return result
  }

  /// The nearest pixel's value: for labels. Pixel centres lie at half integers.
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

  /// For each new position along a side the nearest old one.
  static func nearest(from old: Int, to new: Int) -> [Int] {
    (0..<new).map { min(old - 1, (2 * $0 + 1) * old / (2 * new)) }
  }

  /// Linear between pixels, borders repeated: for pictures. Pixel centres lie at half integers.
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
            let top = values[upper + column.low] * (1 - column.share) + values[upper + column.high] * column.share
            let bottom = values[lower + column.low] * (1 - column.share) + values[lower + column.high] * column.share
            result.append(top * (1 - row.share) + bottom * row.share)
          }
        }
      }
    }
    return PixelMap(channels: channels, height: height, width: width, values: result)
  }

  private static func samples(from old: Int, to new: Int) -> [(low: Int, high: Int, share: Float)] {
    (0..<new).map { position in
      let source = max(0, (Float(position) + 0.5) * Float(old) / Float(new) - 0.5)
      let low = min(old - 1, Int(source))
      return (low, min(old - 1, low + 1), source - Float(low))
    }
  }
}
