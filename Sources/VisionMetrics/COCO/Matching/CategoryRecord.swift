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
    var records = found.enumerated().map { DetectionRecord(score: $1.score, rank: $0) }
    let candidates = OverlapCandidates(found, truths, atLeast: OverlapThresholds.lowest)
    var matching = GreedyMatching(candidates, isCrowd: truths.map(\.isCrowd))
    for range in COCOAreaRange.allCases {
      let isIgnored = truths.map { $0.isIgnored || !range.areas.contains($0.area) }
      truthCounts[range.rawValue] += isIgnored.count { !$0 }
      for (rank, detection) in found.enumerated() where !range.areas.contains(detection.region.area) {
        records[rank].ignore(in: range)
      }
      if candidates.detections.isEmpty { continue }
      for (index, threshold) in OverlapThresholds.all.enumerated() {
        matching.match(atLeast: threshold, isIgnored: isIgnored) { detection, truth in
          records[detection].match(in: range, threshold: index, isIgnored: isIgnored[truth])
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
