import MultitaskLearning

/// The layers of a network in the order of their conflicts, as text and as rows.
public struct LayerTable {
  /// A layer and how often the gradients of two tasks were in conflict in it.
  public struct Row: Codable, Sendable {
    /// The name of the layer.
    public let layer: String
    /// The number of steps and pairs of tasks with a conflict.
    public let score: Int
  }

  /// The layers, those with the most conflicts first.
  public let rows: [Row]
  private let steps: Int

  /// Creates the table of a run's counts.
  ///
  /// - Parameters:
  ///   - conflicts: the counts.
  ///   - threshold: the cosine, from -1 to 0 in hundredths, below which two gradients are in conflict.
  /// - Throws: `MethodError` for another threshold.
  public init(_ conflicts: LayerConflicts, below threshold: Double) throws {
    rows = try conflicts.order(below: threshold).map { Row(layer: $0.layer, score: $0.score) }
    steps = conflicts.steps
  }

  /// The table as text of fixed width.
  public var text: String {
    let width = max(9, rows.map { "\($0.score)".count }.max() ?? 0)
    let lines = rows.enumerated().map { index, row in
      pad("\(index + 1)", 5) + "  " + pad("\(row.score)", width) + "  " + row.layer
    }
    return
      (["conflicts of \(rows.count) layers in \(steps) steps", " rank  " + pad("conflicts", width) + "  layer"]
      + lines).joined(separator: "\n")
  }

  private func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
