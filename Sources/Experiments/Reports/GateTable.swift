import Foundation
import NeuralNetworks

/// What tasks share in a network with gates, as text: `polymath analyze --gates`.
public struct GateTable {
  /// The gates, and the cost of what pruning would leave.
  public let state: GateState
  private let tasks: [String]

  /// Creates the table of a network's gates.
  public init(_ state: GateState, tasks: [String]) {
    self.state = state
    self.tasks = tasks
  }

  /// A line for each layer: each task's fraction of own channels, and of input channels of which the shared copy gets
  /// most from the task.
  public var text: String {
    let rows = Self.ordered(state.ownFractions).map { layer, own in
      let mix = state.mixFractions[layer] ?? state.mixFractions[(layer as NSString).deletingPathExtension]
      return [layer] + own.map(Self.percent) + (mix?.map(Self.percent) ?? tasks.map { _ in "–" })
    }
    let mean = ["mean"] + state.meanOwnFractions.map(Self.percent) + tasks.map { _ in "" }
    let header = ["layer"] + tasks.map { "\($0) own" } + tasks.map { "\($0) most" }
    return """
      \(CostTable.text([header] + rows + [mean]))
      pruning leaves \(Self.giga(state.multiplyAdds)) of the \(Self.giga(state.singleMultiplyAdds)) GFLOPs of \
      single-task networks for one image (\(String(format: "%.1f", state.flopFraction * 100)) %)
      """
  }

  /// Returns layers in the order of their names, in which numbers count as such.
  static func ordered(_ fractions: [String: [Double]]) -> [(String, [Double])] {
    fractions.sorted { $0.key.compare($1.key, options: .numeric) == .orderedAscending }.map { ($0.key, $0.value) }
  }

  /// Returns billions of FLOPs, which are two for each multiply-add.
  static func giga(_ multiplyAdds: Int) -> String { String(format: "%.3g", Double(multiplyAdds) * 2e-9) }

  private static func percent(_ fraction: Double) -> String { String(format: "%.0f %%", fraction * 100) }
}
