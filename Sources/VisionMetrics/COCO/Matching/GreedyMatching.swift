/// Who is matched with whom in an image: each detection in turn takes the true object that it overlaps most.
///
/// What is ignored is taken only if nothing else is there. Every object is taken once, but a crowd any number of times.
/// Of two objects with the same overlap, the later one is taken.
struct GreedyMatching {
  /// By detection, the true object; nil if there is none.
  private(set) var truths: [Int?]

  /// - Parameters:
  ///   - candidates: of each detection.
  ///   - threshold: the overlap that is needed at least.
  ///   - isIgnored: whether a true object is ignored.
  ///   - isCrowd: whether it is a crowd.
  init(_ candidates: OverlapCandidates, threshold: Double, isIgnored: [Bool], isCrowd: [Bool]) {
    var isTaken = [Bool](repeating: false, count: isIgnored.count)
    truths = [Int?](repeating: nil, count: candidates.detectionCount)
    for detection in truths.indices {
      func best(ignored: Bool) -> Int? {
        var (best, overlap): (Int?, Double) = (nil, threshold)
        for candidate in candidates[detection] where isIgnored[candidate.truth] == ignored {
          guard !isTaken[candidate.truth] || isCrowd[candidate.truth], candidate.overlap >= overlap else { continue }
          (best, overlap) = (candidate.truth, candidate.overlap)
        }
        return best
      }
      guard let truth = best(ignored: false) ?? best(ignored: true) else { continue }
      isTaken[truth] = true
      truths[detection] = truth
    }
  }
}
