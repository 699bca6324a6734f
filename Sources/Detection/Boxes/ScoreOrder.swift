/// Returns the positions of scores in descending order; of equal scores the one at the lower position comes first, and
/// what is not a number comes last.
func descendingOrder(_ scores: [Double]) -> [Int] { largest(scores.count, of: scores) }

/// Returns the positions of the largest scores in descending order, as ``descendingOrder(_:)`` does for all.
///
/// - Parameter wanted: the number of positions; all of them if there are fewer scores.
/// - Complexity: O(n + k log k) on average for k of n scores.
func largest(_ wanted: Int, of scores: [Double]) -> [Int] {
  var candidates = scores.indices.map { RankedScore(score: scores[$0].isNaN ? -.infinity : scores[$0], position: $0) }
  if wanted < candidates.count {
    candidates.moveFirst(wanted)
    candidates.removeLast(candidates.count - wanted)
  }
  candidates.sort()
  return candidates.map(\.position)
}

private struct RankedScore: Comparable {
  let score: Double
  let position: Int

  static func < (a: RankedScore, b: RankedScore) -> Bool {
    a.score > b.score || (a.score == b.score && a.position < b.position)
  }
}

extension [RankedScore] {
  /// Brings the `wanted` first elements to the front, in any order.
  ///
  /// - Source: Hoare, *Algorithm 65: Find*, Communications of the ACM 1961.
  fileprivate mutating func moveFirst(_ wanted: Int) {
    var (low, high) = (0, count - 1)
    while low < high {
      let pivot = self[low + (high - low) / 2]
      var (i, j) = (low, high)
      while i <= j {
        while self[i] < pivot { i += 1 }
        while pivot < self[j] { j -= 1 }
        guard i <= j else { break }
        swapAt(i, j)
        i += 1
        j -= 1
      }
      if j < wanted { low = i }
      if wanted < i { high = j }
    }
  }
}
