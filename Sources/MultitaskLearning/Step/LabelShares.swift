import Support

/// How much each part of a batch counts for each task, by its labels.
struct LabelShares: Sendable, Equatable {
  /// Tasks that have labels anywhere in the batch, ascending.
  let present: [Int]
  /// For each part and each task the fraction of the task's labels that lie in the part.
  private let fractions: [[Double]]

  /// - Parameter counts: for each part and each task, the number of labels.
  init(_ counts: [[Double]], taskCount: Int) {
    require(
      counts.allSatisfy { $0.count == taskCount && $0.allSatisfy { $0 >= 0 && $0.isFinite } },
      "the numbers of labels \(counts) have to be \(taskCount) finite numbers of at least 0 for each part of the batch")
    let totals = counts[0].indices.map { task in counts.reduce(0) { $0 + $1[task] } }
    present = totals.indices.filter { totals[$0] > 0 }
    fractions = counts.map { part in zip(part, totals).map { $1 > 0 ? $0 / $1 : 0 } }
  }

  var partCount: Int { fractions.count }

  /// Whether every task has labels in every part.
  var isComplete: Bool { fractions.allSatisfy { $0.allSatisfy { $0 > 0 } } }

  /// Of some tasks, those that have labels in a part.
  func tasks(_ tasks: [Int], in part: Int) -> [Int] { tasks.filter { fractions[part][$0] > 0 } }

  subscript(part: Int, task: Int) -> Double { fractions[part][task] }
}
