import Foundation
import NeuralNetworks

/// The section of a report about gates: the cost of what pruning would leave over time, and what tasks share in each
/// layer at the end.
struct GateSection {
  private let looks: [(step: Int, state: GateState)]
  private let tasks: [String]

  init(_ steps: [StepRecord], tasks: [String]) {
    looks = steps.compactMap { step in step.gates.map { (step.step, $0) } }
    self.tasks = tasks
  }

  var charts: [Chart] {
    guard !looks.isEmpty else { return [] }
    return [
      Chart(
        "FLOPs that pruning would leave, of those of single-task networks", smoothed: false,
        [("all tasks", looks.map { ($0.step, $0.state.flopFraction) })]),
      Chart(
        "Fraction of own channels per task", smoothed: false,
        tasks.indices.map { task in (tasks[task], looks.map { ($0.step, $0.state.meanOwnFractions[task]) }) }),
      Chart(
        "Factor of the gates' penalty", smoothed: false, [("λ", looks.map { ($0.step, $0.state.weight) })]),
    ]
  }

  var html: String {
    guard let last = looks.last else { return "" }
    return """
      <h2>Gates</h2>
      <p>At step \(last.step), pruning would leave \(String(format: "%.1f %%", last.state.flopFraction * 100)) of the FLOPs of
      \(tasks.count) single-task networks: \(GateTable.giga(last.state.multiplyAdds)) of
      \(GateTable.giga(last.state.singleMultiplyAdds)) GFLOPs for one image. The tables give for each layer and task the
      percentage of channels that are the task's own, and of input channels of which the shared copy gets most from the task.</p>
      \(table("Own channels", last.state.ownFractions))
      \(table("Largest contribution", last.state.mixFractions))
      """
  }

  private func table(_ title: String, _ fractions: [String: [Double]]) -> String {
    let rows = GateTable.ordered(fractions).map { layer, fractions in
      [HTML.escape(layer)]
        + fractions.map { HTML.shaded(String(format: "%.0f %%", $0 * 100), color: HTML.share, strength: $0) }
    }
    return HTML.table([title] + tasks.map(HTML.escape), rows, class: "matrix")
  }
}
