import Support

/// The nearest pixel before a change, for each pixel after it.
struct PixelSelection {
  let height: Int
  let width: Int
  /// The positions of the nearest pixels, row by row; −1 for a pixel from beyond the image.
  private let sources: [Int32]
  /// Whether every pixel comes from the image.
  private let isComplete: Bool

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
    switch change {
    case .flip:
      sources = Self.grid(Array(0..<height), (0..<width).map { width - 1 - $0 }, width)
    case .scale, .resize:
      sources = Self.grid(
        PixelMap.nearest(from: height, to: size.height), PixelMap.nearest(from: width, to: size.width), width)
    case .crop(let row, let column, _, _):
      func inside(_ first: Int, _ count: Int, of side: Int) -> [Int] {
        (0..<count).map { (0..<side).contains(first + $0) ? first + $0 : -1 }
      }
      sources = Self.grid(inside(row, size.height, of: height), inside(column, size.width, of: width), width)
    case .rotate(let degrees):
      sources = Self.turned(ImageRotation(degrees: degrees), height: height, width: width)
    }
    isComplete = !sources.contains(-1)
  }

  private static func grid(_ rows: [Int], _ columns: [Int], _ width: Int) -> [Int32] {
    var sources: [Int32] = []
    sources.reserveCapacity(rows.count * columns.count)
    for row in rows {
      for column in columns { sources.append(row < 0 || column < 0 ? -1 : Int32(row * width + column)) }
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
    result.reserveCapacity(planeCount * sources.count)
    for index in 0..<planeCount {
      let start = index * plane
      for source in sources { result.append(source < 0 ? filling : values[start + Int(source)]) }
    }
    return result
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
      let plane = sources.map { $0 >= 0 }
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
