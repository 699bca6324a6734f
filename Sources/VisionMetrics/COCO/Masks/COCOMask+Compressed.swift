extension COCOMask {
  /// Reads COCO's compressed text.
  ///
  /// Each run is written as the difference from the run two before it (from the fourth run on), five bits to a character,
  /// the lowest first. A character is 48 plus these bits plus 32 if more follow.
  ///
  /// - Throws: ``COCOMaskError`` for other characters, a run that is not written to its end, and runs that do not add up to
  ///   height × width.
  public init(compressed text: String, height: Int, width: Int) throws(COCOMaskError) {
    let area = try Self.area(height: height, width: width)
    var text = text
    // A typed error does not pass through the closure.
    let runs = text.withUTF8 { bytes in
      Result { () throws(COCOMaskError) in try Self.runs(bytes, area: area, height: height, width: width) }
    }
    self.init(try runs.get(), height: height, width: width)
  }

  private static func runs(
    _ text: UnsafeBufferPointer<UInt8>, area: Int, height: Int, width: Int
  ) throws(COCOMaskError) -> RunLengths {
    var runs = RunLengths(capacity: text.count)
    var position = 0
    var index = 0
    // The lengths as they are written: `runs` joins them where one is 0.
    var (last, beforeLast) = (0, 0)
    while position < text.count {
      let difference = try readNumber(text, &position)
      let length = index > 2 ? beforeLast + difference : difference
      guard length >= 0 else { throw COCOMaskError("a run (number \(index) from 0) of the length \(length), below 0") }
      guard length <= area - runs.total else { throw wrongSum("more than \(area)", height, width) }
      runs.append(length, of: index % 2 == 1)
      (beforeLast, last) = (last, length)
      index += 1
    }
    guard runs.total == area else { throw wrongSum("\(runs.total)", height, width) }
    return runs
  }

  /// Reads a number with a sign.
  private static func readNumber(
    _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int
  ) throws(COCOMaskError) -> Int {
    var (number, shift) = (0, 0)
    while true {
      guard position < text.count else { throw COCOMaskError("a run that is not written to its end") }
      let character = text[position]
      guard (48..<112).contains(character) else {
        throw COCOMaskError(
          "the byte \(character) at place \(position) (from 0) of 'counts', where 48 to 111 are possible")
      }
      guard shift < 45 else { throw COCOMaskError("a run at place \(position) (from 0) of 'counts' without an end") }
      position += 1
      let bits = Int(character) - 48
      number |= (bits & 0x1F) << shift
      shift += 5
      guard bits & 0x20 == 0 else { continue }
      return bits & 0x10 == 0 ? number : number | (-1 << shift)
    }
  }

  /// COCO's compressed text, which ``init(compressed:height:width:)`` reads.
  public var compressed: String {
    var text: [UInt8] = []
    text.reserveCapacity(2 * counts.count)
    for (index, count) in counts.enumerated() {
      var rest = Int(count) - (index > 2 ? Int(counts[index - 2]) : 0)
      while true {
        let bits = rest & 0x1F
        rest >>= 5
        let isLast = rest == (bits & 0x10 == 0 ? 0 : -1)
        text.append(UInt8(48 + bits + (isLast ? 0 : 0x20)))
        if isLast { break }
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
