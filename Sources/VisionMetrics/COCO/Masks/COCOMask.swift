import Support

/// A mask as the lengths of its runs, column by column, as COCO's files hold it.
///
/// The runs are those of zeros and ones in turn, the first one of zeros; it alone may be empty. Operations read the runs:
/// they cost as much as the mask has runs, which are about two for every column of an object.
public struct COCOMask: Sendable, Equatable {
  /// Rows of pixels.
  public let height: Int
  /// Columns of pixels.
  public let width: Int
  /// The lengths of the runs in turn, which add up to height × width.
  public let counts: [UInt32]
  /// The number of pixels in the mask.
  public let pixelCount: Int
  /// The tight box around the mask; all zero if the mask is empty.
  public let box: COCOBox

  /// How many pixels a mask may have: what fits the lengths of runs in 32 bits.
  static let largestArea = Int(UInt32.max)

  init(_ runs: RunLengths, height: Int, width: Int) {
    require(runs.total == height * width, "runs of \(runs.total) pixels do not fill a mask of \(height)×\(width)")
    self.height = height
    self.width = width
    counts = runs.counts
    (pixelCount, box) = Self.extent(of: runs.counts, height: UInt32(height), width: UInt32(width))
  }

  /// - Parameters:
  ///   - counts: the lengths of the runs in turn, column by column, the first one of zeros. Any may be 0.
  ///   - height: the rows of pixels.
  ///   - width: the columns of pixels.
  /// - Throws: ``COCOMaskError`` for runs that do not add up to height × width, and for a mask without pixels or of more
  ///   than 2³² of them.
  public init(counts: some Sequence<Int>, height: Int, width: Int) throws(COCOMaskError) {
    let area = try Self.area(height: height, width: width)
    var runs = RunLengths()
    var value = false
    for (index, count) in counts.enumerated() {
      guard count >= 0 else { throw COCOMaskError("a run (number \(index) from 0) of the length \(count), below 0") }
      guard count <= area - runs.total else { throw Self.wrongSum("more than \(area)", height, width) }
      runs.append(count, of: value)
      value.toggle()
    }
    guard runs.total == area else { throw Self.wrongSum("\(runs.total)", height, width) }
    self.init(runs, height: height, width: width)
  }

  /// - Throws: ``COCOMaskError`` for a mask without pixels, or of more than fit.
  static func area(height: Int, width: Int) throws(COCOMaskError) -> Int {
    let (area, overflow) = height.multipliedReportingOverflow(by: width)
    guard height > 0, width > 0, !overflow, area <= largestArea else {
      throw COCOMaskError("a size of \(height)×\(width), but masks have 1 to \(largestArea) pixels")
    }
    return area
  }

  static func wrongSum(_ found: String, _ height: Int, _ width: Int) -> COCOMaskError {
    COCOMaskError("runs of \(found) pixels, but a mask of \(height)×\(width) has \(height * width)")
  }

  /// Area and tight box of the runs of ones.
  private static func extent(of counts: [UInt32], height: UInt32, width: UInt32) -> (pixelCount: Int, box: COCOBox) {
    var (left, top, right, bottom) = (width, height, UInt32(0), UInt32(0))
    var (pixelCount, start) = (UInt32(0), UInt32(0))
    for index in stride(from: 1, to: counts.count, by: 2) {
      start += counts[index - 1]
      let length = counts[index]
      let (first, row) = start.quotientAndRemainder(dividingBy: height)
      start += length
      pixelCount += length
      left = min(left, first)
      if row + length <= height {
        right = max(right, first + 1)
        (top, bottom) = (min(top, row), max(bottom, row + length))
      } else {
        // A run that goes on in the next column touches both ends of the columns.
        right = max(right, (start - 1) / height + 1)
        (top, bottom) = (0, height)
      }
    }
    guard pixelCount > 0 else { return (0, COCOBox(x: 0, y: 0, width: 0, height: 0)) }
    return (
      Int(pixelCount),
      COCOBox(x: Double(left), y: Double(top), width: Double(right - left), height: Double(bottom - top))
    )
  }
}

/// Why something is no mask: the rest of a sentence that begins with "it has".
public struct COCOMaskError: Error, CustomStringConvertible, Equatable {
  /// What was found, and what would be right.
  public let description: String

  init(_ description: String) { self.description = description }
}
