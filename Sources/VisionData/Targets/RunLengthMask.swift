import Support

/// A mask stored as the lengths of its runs of equal values, row by row; the first run is one of zeros, and may be
/// empty.
public struct RunLengthMask: Sendable, Equatable, Codable {
  /// The height in pixels.
  public let height: Int
  /// The width in pixels.
  public let width: Int
  /// The lengths of the runs in turn, which add up to height × width.
  public let counts: [Int]

  /// Creates the runs of a mask. Values that do not fill height × width stop the process.
  ///
  /// - Parameters:
  ///   - mask: height × width values, row by row.
  ///   - height: the height in pixels.
  ///   - width: the width in pixels.
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

  /// Decodes a mask.
  ///
  /// - Throws: `DecodingError` for runs that do not fill the mask.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    height = try fields.decode(Int.self, forKey: .height)
    width = try fields.decode(Int.self, forKey: .width)
    counts = try fields.decode([Int].self, forKey: .counts)
    let (area, overflow) = height.multipliedReportingOverflow(by: width)
    guard height > 0, width > 0, !overflow, counts.allSatisfy({ (0...area).contains($0) }),
      counts.count <= area + 1, counts.reduce(into: 0, { $0 = min(area + 1, $0 + $1) }) == area
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .counts, in: fields,
        debugDescription: "the lengths of the runs do not add up to a mask of \(height)×\(width)")
    }
  }

  /// The values of all pixels, height × width, row by row.
  public var pixels: [Bool] {
    var pixels: [Bool] = []
    pixels.reserveCapacity(height * width)
    for (index, count) in counts.enumerated() { pixels.append(contentsOf: repeatElement(index % 2 == 1, count: count)) }
    return pixels
  }

  /// The number of pixels in the mask.
  public var area: Int { counts.enumerated().reduce(0) { $1.offset % 2 == 1 ? $0 + $1.element : $0 } }

  /// The tight box around the mask; nil if the mask is empty.
  public var box: PixelBox? {
    var box: (x1: Int, y1: Int, x2: Int, y2: Int) = (width, height, 0, 0)
    var start = 0
    for (index, count) in counts.enumerated() {
      defer { start += count }
      guard index % 2 == 1, count > 0 else { continue }
      let (first, last) = (start / width, (start + count - 1) / width)
      box.y1 = min(box.y1, first)
      box.y2 = max(box.y2, last + 1)
      // A run that goes on in the next row touches both sides.
      box.x1 = min(box.x1, first == last ? start % width : 0)
      box.x2 = max(box.x2, first == last ? (start + count - 1) % width + 1 : width)
    }
    return box.x2 > box.x1 ? PixelBox(x1: box.x1, y1: box.y1, x2: box.x2, y2: box.y2) : nil
  }
}
