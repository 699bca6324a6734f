import Support

/// How well objects are found, by the rules of COCO: average precision and average recall of boxes or masks.
///
/// An image is added at a time, in the order of the images' numbers (of detections with equal scores, those of earlier
/// images come first). Within an image and a category, detections are matched with the true objects by falling score. A
/// detection is right if it overlaps its object by a threshold, .50:.05:.95.
///
/// - Source: Lin et al., *Microsoft COCO: Common Objects in Context*, ECCV 2014; the numbers are those of `pycocotools`
///   2.0.11 with two exceptions. An object that is ignored without being a crowd is ignored here, as COCO's files mean it;
///   there it counts. And an object counts whatever its number is; there one of number 0 is never found.
public struct COCOMetric<Region: COCORegion>: Sendable {
  /// Whether all categories count as one.
  public let isClassAgnostic: Bool
  /// For how many detections of an image and a category, those with the highest scores, the average recall is given. The
  /// last one is the number of detections that are looked at otherwise, too.
  public let detectionLimits: [Int]

  private var records: [Int: CategoryRecord] = [:]

  /// - Parameters:
  ///   - isClassAgnostic: whether all categories count as one.
  ///   - detectionLimits: how many detections of an image and a category are looked at, in rising order; defaults to
  ///     COCO's own.
  public init(isClassAgnostic: Bool = false, detectionLimits: [Int] = [1, 10, 100]) {
    require(
      !detectionLimits.isEmpty && detectionLimits[0] > 0
        && zip(detectionLimits, detectionLimits.dropFirst()).allSatisfy { $0 < $1 },
      "the limits of detections are \(detectionLimits), but have to be above 0 and rise")
    self.isClassAgnostic = isClassAgnostic
    self.detectionLimits = detectionLimits
  }

  /// Adds an image: all objects that are in it and all that were found in it.
  public mutating func add(truths: [COCOTruth<Region>], detections: [COCODetection<Region>]) {
    require(detections.allSatisfy { !$0.score.isNaN }, "a detection has a score that is not a number")
    let limit = detectionLimits.last!
    guard !isClassAgnostic else {
      if truths.isEmpty && detections.isEmpty { return }
      // Equal scores and equal overlaps: as in COCO's code, the category decides, then the order.
      records[0, default: CategoryRecord()].add(
        truths.sorted(byFalling: { -Double($0.category) }), detections.sorted(byFalling: { -Double($0.category) }),
        limit: limit)
      return
    }
    let truthsByCategory = Dictionary(grouping: truths, by: \.category)
    let detectionsByCategory = Dictionary(grouping: detections, by: \.category)
    for category in Set(truthsByCategory.keys).union(detectionsByCategory.keys) {
      records[category, default: CategoryRecord()].add(
        truthsByCategory[category] ?? [], detectionsByCategory[category] ?? [], limit: limit)
    }
  }

  /// Adds what another metric has seen: later images by the same rules.
  public mutating func append(_ later: COCOMetric) {
    require(
      isClassAgnostic == later.isClassAgnostic && detectionLimits == later.detectionLimits,
      "only metrics by the same rules can be put together")
    for (category, record) in later.records { records[category, default: CategoryRecord()].append(record) }
  }

  /// The numbers of all images so far.
  public var summary: COCOSummary {
    COCOSummary(records, isClassAgnostic: isClassAgnostic, detectionLimits: detectionLimits)
  }

  /// COCO's twelve numbers, AP first; −1 where no object is there to be found.
  public var results: [MetricResult] {
    summary.values.map { MetricResult($0.name, $0.value, .higherIsBetter) }
  }
}
