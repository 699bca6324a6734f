import Foundation

/// The section of a report about how the tasks' losses move together: correlations of their changes from one stretch of
/// the training to the next.
struct LossTrends {
  private let means: [[Double]]
  private let tasks: [String]

  private static let stretchCount = 50

  init(_ steps: [StepRecord], tasks: [String]) {
    self.tasks = tasks
    let length = max(1, steps.count / Self.stretchCount)
    let stretches = stride(from: 0, to: steps.count, by: length).map {
      Array(steps[$0..<min(steps.count, $0 + length)])
    }
    means = tasks.map { Self.means(of: $0, over: stretches) }
  }

  /// Returns the task's mean loss in each stretch; a stretch in which the task was absent has the mean of the one
  /// before.
  private static func means(of task: String, over stretches: [[StepRecord]]) -> [Double] {
    var means: [Double] = []
    for stretch in stretches {
      let losses = stretch.compactMap { $0.losses[task] }
      means.append(losses.isEmpty ? means.last ?? 0 : losses.reduce(0, +) / Double(losses.count))
    }
    return means
  }

  /// Returns Pearson's correlation of the changes of two losses; zero if one of them never changes.
  func correlation(_ a: Int, _ b: Int) -> Double {
    let (x, y) = (Self.centeredChanges(means[a]), Self.centeredChanges(means[b]))
    let norm = (Self.dot(x, x) * Self.dot(y, y)).squareRoot()
    return norm > 0 ? Self.dot(x, y) / norm : 0
  }

  private static func centeredChanges(_ values: [Double]) -> [Double] {
    let changes = zip(values.dropFirst(), values).map { $0 - $1 }
    let mean = changes.reduce(0, +) / Double(max(1, changes.count))
    return changes.map { $0 - mean }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  var html: String {
    guard tasks.count > 1, (means.first?.count ?? 0) > 3 else { return "" }
    return """
      <h2>Trends of the losses</h2>
      <p>The table gives the correlation between the changes of two tasks' training losses from one fiftieth of the training to
      the next.</p>
      \(HTML.matrix(tasks) { HTML.signed(correlation($0, $1), format: "%.2f") })
      """
  }
}
