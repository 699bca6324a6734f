import Foundation

/// The section of a report about tasks that were updated in groups: which tasks help each other, which were together,
/// and how many groups there were.
struct GroupingSection {
  private let steps: [(step: Int, groups: [[Int]])]
  private let maps: [(step: Int, affinity: [[Double]])]
  private let tasks: [String]

  init(_ records: [StepRecord], tasks: [String]) {
    steps = records.compactMap { record in record.groups.map { (record.step, $0) } }
    maps = records.compactMap { record in record.affinity.map { (record.step, $0) } }
    self.tasks = tasks
  }

  var charts: [Chart] {
    guard !steps.isEmpty else { return [] }
    let pairs = tasks.indices.flatMap { i in tasks.indices.filter { $0 != i }.map { (i, $0) } }
    let number = Chart(
      "Number of groups", smoothed: true, [("groups", steps.map { ($0.step, Double($0.groups.count)) })])
    guard !maps.isEmpty else { return [number] }
    return [
      number,
      Chart(
        "Affinity from one task to another", smoothed: false,
        pairs.map { i, j in ("\(tasks[i]) → \(tasks[j])", maps.map { ($0.step, $0.affinity[i][j]) }) }),
    ]
  }

  var html: String {
    guard !steps.isEmpty else { return "" }
    return """
      <h2>Groups of tasks</h2>
      \(affinity)
      <h3>How often two tasks shared a group</h3>
      <p>The percentages are of \(steps.count) steps.</p>
      \(HTML.matrix(tasks, cell: sharedCell))
      """
  }

  private var affinity: String {
    guard let last = maps.last else { return "" }
    let largest = max(1e-30, last.affinity.joined().map { abs($0) }.max() ?? 0)
    let picture = HTML.matrix(tasks) { HTML.signed(last.affinity[$0][$1], format: "%.2g", largest: largest) }
    return """
      <h3>Affinity at step \(last.step)</h3>
      <p>Each number says by how much an update of the row's task lowers the loss of the column's, averaged: green helps, red
      harms.</p>
      \(picture)
      """
  }

  private func sharedCell(_ i: Int, _ j: Int) -> String {
    let count = steps.count { $0.groups.contains { $0.contains(i) && $0.contains(j) } }
    let share = Double(count) / Double(steps.count)
    return HTML.shaded(String(format: "%.0f %%", share * 100), color: HTML.share, strength: share)
  }
}
