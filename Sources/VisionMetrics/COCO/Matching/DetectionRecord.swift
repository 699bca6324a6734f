/// What is kept of a detection when it has been matched.
struct DetectionRecord: Sendable {
  let score: Double
  /// How many detections of the same image and category come before it.
  let rank: Int
  /// By area range, one bit for each threshold: whether the detection is right.
  private var rightBits = SIMD4<UInt16>(repeating: 0)
  /// By area range, one bit for each threshold: whether the detection does not count.
  private var ignoredBits = SIMD4<UInt16>(repeating: 0)

  /// A detection that is wrong until something else is said.
  init(score: Double, rank: Int) { (self.score, self.rank) = (score, rank) }

  /// Leaves the detection out of a range of areas unless it is matched.
  mutating func ignore(in range: COCOAreaRange) { ignoredBits[range.rawValue] = .max }

  /// Matches the detection with a true object.
  ///
  /// - Parameter isIgnored: whether the object is ignored, and the detection with it.
  mutating func match(in range: COCOAreaRange, threshold: Int, isIgnored: Bool) {
    let bit: UInt16 = 1 << UInt16(threshold)
    if isIgnored {
      ignoredBits[range.rawValue] |= bit
    } else {
      ignoredBits[range.rawValue] &= ~bit
      rightBits[range.rawValue] |= bit
    }
  }

  /// Whether the detection is right; nil if it does not count.
  func isRight(in range: COCOAreaRange, threshold: Int) -> Bool? {
    let bit: UInt16 = 1 << UInt16(threshold)
    return ignoredBits[range.rawValue] & bit == 0 ? rightBits[range.rawValue] & bit != 0 : nil
  }

  /// At how many thresholds the detection is right.
  func rightCount(in range: COCOAreaRange) -> Int { rightBits[range.rawValue].nonzeroBitCount }
}
