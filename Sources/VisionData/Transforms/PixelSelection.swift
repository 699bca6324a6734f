import Support

/// The nearest pixel before a change, for each pixel after it.
struct PixelSelection {
  let height: Int
  let width: Int
  private let sources: Sources
  /// The size before the change.
  private let old: (height: Int, width: Int)

  /// Where the pixels come from.
  private enum Sources {
    /// From a part of the image, whose first pixel is at a row and a column.
    case window(row: Int, column: Int)
    /// From the same row, seen in a mirror.
    case mirror
    /// From the positions of pixels, row by row; −1 stands for what is beyond the image.
    case positions([Int32])
  }

  /// Finds the nearest pixels of a change.
  ///
  /// - Parameters:
  ///   - change: the change.
  ///   - height: the height of the image before the change.
  ///   - width: the width of the image before the change.
  init(_ change: GeometricChange, height: Int, width: Int) {
    let size = change.size(fromHeight: height, width: width)
    self.height = size.height
    self.width = size.width
    old = (height, width)
    switch change {
    case .flip: sources = .mirror
    case .crop(let row, let column, _, _): sources = .window(row: row, column: column)
    case .scale, .resize:
      sources = .positions(
        Self.grid(
          PixelMap.nearest(from: height, to: size.height), PixelMap.nearest(from: width, to: size.width), width))
    case .rotate(let degrees):
      sources = .positions(Self.turned(ImageRotation(degrees: degrees), height: height, width: width))
    }
  }

  /// Whether every pixel comes from the image.
  private var isComplete: Bool {
    switch sources {
    case .window(let row, let column):
      row >= 0 && column >= 0 && row + height <= old.height && column + width <= old.width
    case .mirror: true
    case .positions(let positions): !positions.contains(-1)
    }
  }

  private static func grid(_ rows: [Int], _ columns: [Int], _ width: Int) -> [Int32] {
    var sources: [Int32] = []
    sources.reserveCapacity(rows.count * columns.count)
    for row in rows {
      for column in columns { sources.append(Int32(row * width + column)) }
    }
    return sources
  }

  private static func turned(_ rotation: ImageRotation, height: Int, width: Int) -> [Int32] {
    var sources: [Int32] = []
    sources.reserveCapacity(height * width)
    for row in 0..<height {
      for column in 0..<width {
        let source = rotation.source(x: Double(column) + 0.5, y: Double(row) + 0.5, height: height, width: width)
        let isInside = source.x >= 0 && source.y >= 0 && source.x < Double(width) && source.y < Double(height)
        sources.append(isInside ? Int32(Int(source.y) * width + Int(source.x)) : -1)
      }
    }
    return sources
  }

  /// Returns the values of all planes after the change.
  ///
  /// - Parameters:
  ///   - values: the values before the change, plane after plane.
  ///   - planeCount: the number of planes.
  ///   - filling: the value of pixels from beyond the image.
  func moved<Value>(_ values: [Value], planeCount: Int, filling: Value) -> [Value] {
    let plane = planeCount == 0 ? 0 : values.count / planeCount
    var result: [Value] = []
    result.reserveCapacity(planeCount * height * width)
    for index in 0..<planeCount {
      let start = index * plane
      switch sources {
      case .window(let row, let column):
        append(to: &result, windowAt: row, column, of: values, from: start, filling: filling)
      case .mirror:
        for row in 0..<height {
          let last = start + (row + 1) * width - 1
          for column in 0..<width { result.append(values[last - column]) }
        }
      case .positions(let positions):
        for source in positions { result.append(source < 0 ? filling : values[start + Int(source)]) }
      }
    }
    return result
  }

  private func append<Value>(
    to result: inout [Value], windowAt row: Int, _ column: Int, of values: [Value], from start: Int, filling: Value
  ) {
    // The new columns that are inside of the image.
    let inside = min(width, max(0, -column))..<max(min(width, max(0, -column)), min(width, old.width - column))
    for source in row..<(row + height) {
      guard (0..<old.height).contains(source), !inside.isEmpty else {
        result.append(contentsOf: repeatElement(filling, count: width))
        continue
      }
      let first = start + source * old.width + column
      result.append(contentsOf: repeatElement(filling, count: inside.lowerBound))
      result.append(contentsOf: values[(first + inside.lowerBound)..<(first + inside.upperBound)])
      result.append(contentsOf: repeatElement(filling, count: width - inside.upperBound))
    }
  }

  /// Returns a map after the change, with zeros from beyond the image.
  func moved(_ map: PixelMap) -> PixelMap {
    PixelMap(
      channels: map.channels, height: height, width: width,
      values: moved(map.values, planeCount: map.channels, filling: 0))
  }

  /// Returns the mask of what is known after the change; nil if everything is.
  ///
  /// - Parameters:
  ///   - known: the mask of what is known before the change; nil if everything is.
  ///   - channels: the number of channels that the mask has, or would have.
  func moved(_ known: PixelMask?, channels: Int) -> PixelMask? {
    guard let known else {
      guard !isComplete else { return nil }
      let plane = moved([Bool](repeating: true, count: old.height * old.width), planeCount: 1, filling: false)
      return PixelMask(
        channels: channels, height: height, width: width, values: (0..<channels).flatMap { _ in plane })
    }
    return PixelMask(
      channels: known.channels, height: height, width: width,
      values: moved(known.values, planeCount: known.channels, filling: false))
  }

  /// Returns a mask after the change, with no pixel from beyond the image.
  func moved(_ mask: RunLengthMask) -> RunLengthMask {
    RunLengthMask(moved(mask.pixels, planeCount: 1, filling: false), height: height, width: width)
  }
}
