import Foundation

/// The section of a report about channels that belong to tasks: the fraction of each task over time, and per layer at
/// the end.
struct ChannelSection {
  private let looks: [(step: Int, shares: [String: [Double]])]
  private let tasks: [String]

  init(_ steps: [StepRecord], tasks: [String]) {
    looks = steps.compactMap { step in step.channelShares.map { (step.step, $0) } }
    self.tasks = tasks
  }

  private func mean(_ shares: [String: [Double]], _ task: Int) -> Double {
    shares.values.reduce(0) { $0 + $1[task] } / Double(max(1, shares.count))
  }

  var charts: [Chart] {
    guard !looks.isEmpty else { return [] }
    return [
      Chart(
        "Fraction of channels per priority task", smoothed: false,
        tasks.indices.map { task in (tasks[task], looks.map { ($0.step, mean($0.shares, task)) }) })
    ]
  }

  var html: String {
    guard let last = looks.last else { return "" }
    let rows = last.shares.sorted { $0.key < $1.key }.map { layer, shares in
      [HTML.escape(layer)]
        + shares.map { HTML.shaded(String(format: "%.0f %%", $0 * 100), color: HTML.share, strength: $0) }
    }
    return """
      <h2>Channels and their priority tasks</h2>
      <p>The table gives the percentage of each shared convolution's channels that belong to each task, at step \(last.step).</p>
      \(HTML.table(["Convolution"] + tasks, rows, class: "matrix"))
      """
  }
}
