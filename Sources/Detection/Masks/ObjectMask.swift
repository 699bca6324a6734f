import Support

/// The pixels of an image that belong to an object. Only those of a tight rectangle are kept.
public struct ObjectMask: Sendable, Equatable {
  /// The size of the image.
  public let size: ImageSize
  /// The rows from the first to the last that has a pixel of the object; empty if there is none.
  let rows: Range<Int>
  /// The columns from the first to the last that has a pixel of the object; empty if there is none.
  let columns: Range<Int>
  /// The pixels of these rows and columns, row by row.
  let window: [Bool]

  /// Creates a mask from height × width pixels, row by row.
  public init(size: ImageSize, pixels: [Bool]) {
    require(
      pixels.count == size.height * size.width, "\(pixels.count) pixels do not fill \(size.height)×\(size.width)")
    self.init(size: size, rows: 0..<size.height, columns: 0..<size.width, pixels: pixels)
  }

  /// Creates a mask from the lengths of its runs, row by row, the first one of pixels outside of the object. Runs that
  /// do not add up to height × width stop the process.
  public init(size: ImageSize, rowRuns: [Int]) {
    var pixels: [Bool] = []
    pixels.reserveCapacity(size.height * size.width)
    for (index, length) in rowRuns.enumerated() {
      pixels.append(contentsOf: repeatElement(index % 2 == 1, count: length))
    }
    self.init(size: size, pixels: pixels)
  }

  /// Creates a mask from the pixels of some rows and columns, outside of which there is none.
  init(size: ImageSize, rows: Range<Int>, columns: Range<Int>, pixels: [Bool]) {
    self.size = size
    let width = columns.count
    var (top, bottom, left, right) = (rows.count, 0, width, 0)
    for row in rows.indices.map({ $0 - rows.lowerBound }) {
      let line = pixels[row * width..<(row + 1) * width]
      guard let first = line.firstIndex(of: true), let last = line.lastIndex(of: true) else { continue }
      (top, bottom) = (min(top, row), row + 1)
      (left, right) = (min(left, first - row * width), max(right, last - row * width + 1))
    }
    guard top < bottom else {
      (self.rows, self.columns, window) = (0..<0, 0..<0, [])
      return
    }
    self.rows = rows.lowerBound + top..<rows.lowerBound + bottom
    self.columns = columns.lowerBound + left..<columns.lowerBound + right
    window = (top..<bottom).flatMap { pixels[$0 * width + left..<$0 * width + right] }
  }

  /// The number of pixels of the object.
  public var area: Int { window.reduce(0) { $1 ? $0 + 1 : $0 } }

  /// The tight box around the object; nil if the object has no pixel.
  public var box: BoundingBox? {
    guard !rows.isEmpty else { return nil }
    return BoundingBox(
      Double(columns.lowerBound), Double(rows.lowerBound), Double(columns.upperBound), Double(rows.upperBound))
  }

  /// Height × width pixels, row by row.
  public var pixels: [Bool] {
    var pixels = [Bool](repeating: false, count: size.height * size.width)
    for row in rows {
      let source = (row - rows.lowerBound) * columns.count
      let target = row * size.width + columns.lowerBound
      for column in columns.indices.map({ $0 - columns.lowerBound }) {
        pixels[target + column] = window[source + column]
      }
    }
    return pixels
  }

  /// The lengths of the runs of pixels outside and inside of the object in turn, row by row, the first one outside.
  public var rowRuns: [Int] {
    var runs: [Int] = []
    var current = false
    var length = 0
    for pixel in pixels {
      if pixel != current {
        runs.append(length)
        current = pixel
        length = 0
      }
      length += 1
    }
    return runs + [length]
  }
}
