/// For each detection in an image, the true objects that it may be matched with: those that overlap it enough.
///
/// Few do, so that matching by many thresholds is cheap.
struct OverlapCandidates {
  struct Candidate {
    let truth: Int
    let overlap: Double
  }

  /// The detections that have a candidate, in order.
  private(set) var detections: [Int] = []
  /// Where the candidates of each detection begin; one more at the end.
  private var starts: [Int] = [0]
  private var candidates: [Candidate] = []

  /// - Parameters:
  ///   - found: in the order in which detections are matched, by falling score.
  ///   - truths: in the order in which a later one takes the place of an equal one.
  ///   - floor: the overlap that is needed at least.
  init<Region: COCORegion>(
    _ found: some Collection<COCODetection<Region>>, _ truths: [COCOTruth<Region>], atLeast floor: Double
  ) {
    starts.reserveCapacity(found.count + 1)
    for (detection, object) in found.enumerated() {
      for (index, truth) in truths.enumerated() {
        guard object.region.overlapBound(with: truth.region, isCrowd: truth.isCrowd) >= floor else { continue }
        let overlap = object.region.overlap(with: truth.region, isCrowd: truth.isCrowd)
        if overlap >= floor { candidates.append(Candidate(truth: index, overlap: overlap)) }
      }
      if candidates.count > starts[detection] { detections.append(detection) }
      starts.append(candidates.count)
    }
  }

  /// By the position of a detection.
  subscript(detection: Int) -> ArraySlice<Candidate> { candidates[starts[detection]..<starts[detection + 1]] }
}
