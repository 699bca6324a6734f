/// What is kept of a detection when it has been matched.
struct DetectionRecord: Sendable {
  let score: Double
  /// How many detections of the same image and category come before it.
  let rank: Int
  /// By area range, one bit for each threshold: whether the detection is right.
  private(set) var rightBits = SIMD4<UInt16>(repeating: 0)
  /// By area range, one bit for each threshold: whether it counts at all.
  private(set) var ignoredBits = SIMD4<UInt16>(repeating: 0)

  /// Whether a detection counts, and as what.
  enum Outcome { case right, wrong, ignored }

  init(score: Double, rank: Int) { (self.score, self.rank) = (score, rank) }

  mutating func set(_ outcome: Outcome, _ range: COCOAreaRange, threshold: Int) {
    switch outcome {
    case .right: rightBits[range.rawValue] |= 1 << UInt16(threshold)
    case .wrong: break
    case .ignored: ignoredBits[range.rawValue] |= 1 << UInt16(threshold)
    }
  }

  func outcome(_ range: COCOAreaRange, threshold: Int) -> Outcome {
    let bit: UInt16 = 1 << UInt16(threshold)
    if ignoredBits[range.rawValue] & bit != 0 { return .ignored }
    return rightBits[range.rawValue] & bit != 0 ? .right : .wrong
  }

  /// At how many thresholds the detection is right.
  func rightCount(_ range: COCOAreaRange) -> Int { rightBits[range.rawValue].nonzeroBitCount }
}
