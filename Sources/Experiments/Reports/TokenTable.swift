import MultitaskLearning

/// A token analysis as text, with a line for each layer.
public struct TokenTable {
  private let analysis: TokenAnalysis

  /// Creates the table of an analysis.
  public init(_ analysis: TokenAnalysis) { self.analysis = analysis }

  /// The table as text of fixed width: a header, then each layer's range space and fractions of conflicts.
  public var text: String {
    let width = analysis.layers.first?.eigenvalues.count ?? 0
    let header = "layer  range space (of \(width))  conflicts in range space  in null space"
    let lines = analysis.layers.enumerated().map { index, layer in
      "\(pad("\(index)", 5))  \(pad("\(layer.rangeDimension)", 20 + "\(width)".count))"
        + "  \(pad(percent(layer.rangeConflictCount), 24))"
        + "  \(pad(percent(layer.nullConflictCount), 13))"
    }
    return ([header] + lines).joined(separator: "\n")
  }

  private func percent(_ conflictCount: Int) -> String {
    "\((analysis.share(ofConflicts: conflictCount) * 1000).rounded() / 10) %"
  }

  private func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
