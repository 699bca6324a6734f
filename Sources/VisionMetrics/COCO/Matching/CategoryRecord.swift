/// What is kept of all objects of a category, image after image.
struct CategoryRecord: Sendable {
  /// By area range, the number of true objects that are not ignored.
  private(set) var truthCounts = [Int](repeating: 0, count: COCOAreaRange.allCases.count)
  /// In the order of the images, and in each by falling score.
  private(set) var detections: [DetectionRecord] = []

  /// Matches what was found in an image with what is there.
  ///
  /// - Parameters:
  ///   - found: in the order of the file.
  ///   - limit: how many detections with the highest scores are looked at.
  mutating func add<Region: COCORegion>(_ truths: [COCOTruth<Region>], _ found: [COCODetection<Region>], limit: Int) {
    let found = found.sorted(byFalling: \.score).prefix(limit)
    let candidates = OverlapCandidates(found, truths, atLeast: OverlapThresholds.lowest)
    var records = found.enumerated().map { DetectionRecord(score: $1.score, rank: $0) }
    let isCrowd = truths.map(\.isCrowd)
    for range in COCOAreaRange.allCases {
      let isIgnored = truths.map { $0.isIgnored || !range.areas.contains($0.area) }
      truthCounts[range.rawValue] += isIgnored.count { !$0 }
      let isOutside = found.map { !range.areas.contains($0.region.area) }
      for (index, threshold) in OverlapThresholds.all.enumerated() {
        let matching = GreedyMatching(candidates, threshold: threshold, isIgnored: isIgnored, isCrowd: isCrowd)
        for (detection, truth) in matching.truths.enumerated() {
          let counts = truth.map { !isIgnored[$0] } ?? !isOutside[detection]
          records[detection].set(
            counts ? (truth == nil ? .wrong : .right) : .ignored, range, threshold: index)
        }
      }
    }
    detections += records
  }

  /// Adds what was kept of later images.
  mutating func append(_ later: CategoryRecord) {
    for range in truthCounts.indices { truthCounts[range] += later.truthCounts[range] }
    detections += later.detections
  }
}
