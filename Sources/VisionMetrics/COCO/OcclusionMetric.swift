import Support

/// How well a detector tells whether the objects that it finds are covered by others.
///
/// What counts are the detections that are matched with a true object at an overlap of 0.5, by falling score, whatever
/// their categories; a detection in a crowd, or of an object that is ignored, does not count. `accuracy` is the fraction
/// of these that are told rightly; `F1` is the harmonic mean of precision and recall of occluded objects among them. Both
/// are 0 if nothing is matched.
public struct OcclusionMetric<Region: COCORegion>: Sendable {
  private let detectionLimit: Int
  private var rightCount = 0
  private var count = 0
  private var truePositives = 0
  private var falsePositives = 0
  private var falseNegatives = 0

  /// - Parameter detectionLimit: how many detections of an image, those with the highest scores, are looked at.
  public init(detectionLimit: Int = 100) { self.detectionLimit = detectionLimit }

  /// Adds an image: all objects that are in it and all that were found in it.
  ///
  /// - Parameters:
  ///   - truths: each with whether it is occluded.
  ///   - detections: each with whether it was taken to be occluded.
  public mutating func add(
    truths: [(truth: COCOTruth<Region>, isOccluded: Bool)],
    detections: [(detection: COCODetection<Region>, isOccluded: Bool)]
  ) {
    let found = detections.sorted(byFalling: \.detection.score).prefix(detectionLimit)
    let objects = truths.map(\.truth)
    let candidates = OverlapCandidates(found.map(\.detection), objects, atLeast: OverlapThresholds.lowest)
    var matching = GreedyMatching(candidates, isCrowd: objects.map(\.isCrowd))
    matching.match(atLeast: OverlapThresholds.lowest, isIgnored: objects.map(\.isIgnored)) { detection, truth in
      guard !objects[truth].isIgnored else { return }
      add(isPredicted: found[detection].isOccluded, isTrue: truths[truth].isOccluded)
    }
  }

  private mutating func add(isPredicted: Bool, isTrue: Bool) {
    count += 1
    if isPredicted == isTrue { rightCount += 1 }
    if isPredicted && isTrue { truePositives += 1 }
    if isPredicted && !isTrue { falsePositives += 1 }
    if !isPredicted && isTrue { falseNegatives += 1 }
  }

  /// How many detections are matched.
  public var matchedCount: Int { count }

  /// The accuracy and the F-measure, from 0 to 1.
  public var results: [MetricResult] {
    let hits = 2 * truePositives
    return [
      MetricResult("accuracy", Double(rightCount).over(count), .higherIsBetter),
      MetricResult("F1", Double(hits).over(hits + falsePositives + falseNegatives), .higherIsBetter),
    ]
  }
}
