/// The overlaps at which a detection counts as right.
enum OverlapThresholds {
  /// .50:.05:.95, with the same last bits as in COCO's code.
  static let all: [Double] = (0..<9).map { lowest + Double($0) * step } + [highest]

  static let lowest = 0.5
  private static let highest = 0.95
  private static let step: Double = (highest - lowest) / 9

  /// The positions of 0.5 and 0.75.
  static let (half, threeQuarters) = (0, 5)
}
