import VisionData

/// Images and their ground truth beside each other: a row for each sample.
struct ContactSheet {
  private var rows: [[Picture]] = []

  /// The longest side of a cell, in pixels.
  private static let longestSide = 240
  private static let gap = 4

  mutating func add(_ row: [Picture]) { rows.append(row.map(Self.fitting)) }

  /// The sheet; nil if it has no rows.
  var picture: Picture? {
    guard let columnCount = rows.map(\.count).max(), columnCount > 0 else { return nil }
    let widths = (0..<columnCount).map { column in rows.compactMap { $0.dropFirst(column).first?.width }.max()! }
    let heights = rows.map { $0.map(\.height).max()! }
    let width = widths.reduce(Self.gap) { $0 + $1 + Self.gap }
    let height = heights.reduce(Self.gap) { $0 + $1 + Self.gap }
    var samples = [UInt8](repeating: 255, count: 3 * width * height)
    var top = Self.gap
    for (row, rowHeight) in zip(rows, heights) {
      var left = Self.gap
      for (cell, cellWidth) in zip(row, widths) {
        Self.paste(cell, into: &samples, width: width, top: top, left: left)
        left += cellWidth + Self.gap
      }
      top += rowHeight + Self.gap
    }
    return Picture(width: width, height: height, channels: 3, samples: .bits8(samples))
  }

  private static func paste(_ cell: Picture, into samples: inout [UInt8], width: Int, top: Int, left: Int) {
    guard case .bits8(let values) = cell.samples else { return }
    for y in 0..<cell.height {
      let start = 3 * ((top + y) * width + left)
      samples.replaceSubrange(start..<start + 3 * cell.width, with: values[3 * y * cell.width..<3 * (y + 1) * cell.width])
    }
  }

  /// A drawing in at most the size of a cell, of whole numbers of pixels for each.
  private static func fitting(_ picture: Picture) -> Picture {
    guard case .bits8(let values) = picture.samples else { return picture }
    let longest = max(picture.width, picture.height)
    let (up, down) = (max(1, longestSide / 2 / longest), (longest + longestSide - 1) / longestSide)
    guard up > 1 || down > 1 else { return picture }
    let (width, height) = (max(1, picture.width * up / down), max(1, picture.height * up / down))
    let samples = (0..<height).flatMap { y in
      (0..<width).flatMap { x in
        let start = 3 * (min(picture.height - 1, y * down / up) * picture.width + min(picture.width - 1, x * down / up))
        return values[start..<start + 3]
      }
    }
    return Picture(width: width, height: height, channels: 3, samples: .bits8(samples))
  }
}
