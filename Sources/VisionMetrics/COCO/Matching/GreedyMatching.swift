/// Who is matched with whom in an image: each detection in turn takes the true object that it overlaps most.
///
/// What is ignored is taken only if nothing else is there. Every object is taken once, but a crowd any number of times.
/// Of two objects with the same overlap, the later one is taken.
struct GreedyMatching {
  private let candidates: OverlapCandidates
  private let isCrowd: [Bool]
  private var isTaken: [Bool]

  /// - Parameters:
  ///   - candidates: of each detection.
  ///   - isCrowd: for each true object, whether it is a crowd.
  init(_ candidates: OverlapCandidates, isCrowd: [Bool]) {
    (self.candidates, self.isCrowd) = (candidates, isCrowd)
    isTaken = isCrowd
  }

  /// Matches anew.
  ///
  /// - Parameters:
  ///   - threshold: the overlap that is needed at least.
  ///   - isIgnored: for each true object, whether it is ignored.
  ///   - body: is given each detection that takes an object, and the object.
  mutating func match(atLeast threshold: Double, isIgnored: [Bool], _ body: (_ detection: Int, _ truth: Int) -> Void) {
    for truth in isTaken.indices { isTaken[truth] = false }
    for detection in candidates.detections {
      guard
        let truth = best(for: detection, threshold, isIgnored, amongIgnored: false)
          ?? best(for: detection, threshold, isIgnored, amongIgnored: true)
      else { continue }
      isTaken[truth] = true
      body(detection, truth)
    }
  }

  private func best(for detection: Int, _ threshold: Double, _ isIgnored: [Bool], amongIgnored: Bool) -> Int? {
    var (best, overlap): (Int?, Double) = (nil, threshold)
    for candidate in candidates[detection] where isIgnored[candidate.truth] == amongIgnored {
      guard candidate.overlap >= overlap, !isTaken[candidate.truth] || isCrowd[candidate.truth] else { continue }
      (best, overlap) = (candidate.truth, candidate.overlap)
    }
    return best
  }
}
