/// How precise the detections of a category are at each recall, for one threshold and one range of areas.
struct PrecisionCurve {
  /// The fraction of the true objects that are found.
  let recall: Double
  /// The mean over 101 recalls, 0 to 1, of the highest precision at this recall or a higher one; 0 where there is none.
  let averagePrecision: Double

  /// 0:.01:1, with the same last bits as in COCO's code.
  private static let recalls: [Double] = (0...100).map { $0 == 100 ? 1 : Double($0) * 0.01 }

  /// - Parameters:
  ///   - outcomes: of all detections by falling score, but not of those that are ignored: whether each is right.
  ///   - truthCount: the number of objects that are there: 1 at least.
  init(_ outcomes: [Bool], truthCount: Int) {
    var precisions: [Double] = []
    var recalls: [Double] = []
    precisions.reserveCapacity(outcomes.count)
    recalls.reserveCapacity(outcomes.count)
    var rightCount = 0
    for (index, isRight) in outcomes.enumerated() {
      if isRight { rightCount += 1 }
      // As in COCO's code, perfect precision is one unit in the last place below 1.
      precisions.append(Double(rightCount) / (Double(index + 1) + 1.0.ulp))
      recalls.append(Double(rightCount) / Double(truthCount))
    }
    for index in precisions.indices.dropFirst().reversed() {
      precisions[index - 1] = max(precisions[index - 1], precisions[index])
    }
    var position = 0
    var sum = 0.0
    for recall in Self.recalls {
      while position < recalls.count, recalls[position] < recall { position += 1 }
      guard position < recalls.count else { break }
      sum += precisions[position]
    }
    recall = recalls.last ?? 0
    averagePrecision = sum / Double(Self.recalls.count)
  }
}
