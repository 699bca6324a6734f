import Support

/// A mask as the lengths of its runs, row by row, the first one of zeros.
public struct RunLengthMask: Sendable, Equatable, Codable {
  public let height: Int
  public let width: Int
  public let counts: [Int]

  public init(_ mask: [Bool], height: Int, width: Int) {
    require(mask.count == height * width, "\(mask.count) pixels do not fill \(height)×\(width)")
    self.height = height
    self.width = width
    var counts: [Int] = []
    var current = false
    var length = 0
    for pixel in mask {
      if pixel != current {
        counts.append(length)
        current = pixel
        length = 0
      }
      length += 1
    }
    self.counts = counts + [length]
  }

  public var pixels: [Bool] {
    counts.enumerated().flatMap { [Bool](repeating: $0 % 2 == 1, count: $1) }
  }

  /// The number of pixels in the mask.
  public var area: Int { counts.enumerated().reduce(0) { $1.offset % 2 == 1 ? $0 + $1.element : $0 } }
}
