import MultitaskLearning

/// A token analysis as text: a line for each layer.
public struct TokenTable {
  private let analysis: TokenAnalysis

  public init(_ analysis: TokenAnalysis) { self.analysis = analysis }

  public var text: String {
    let pairCount = analysis.tasks.count * (analysis.tasks.count - 1) / 2
    let largest = Double(max(1, pairCount * analysis.sampleCount))
    let width = analysis.layers.first?.eigenvalues.count ?? 0
    let header = "layer  range space (of \(width))  conflicts in range space  in null space"
    let lines = analysis.layers.enumerated().map { index, layer in
      "\(pad("\(index)", 5))  \(pad("\(layer.rangeDimension)", 20 + "\(width)".count))"
        + "  \(pad(percent(Double(layer.rangeConflictCount) / largest), 24))"
        + "  \(pad(percent(Double(layer.nullConflictCount) / largest), 13))"
    }
    return ([header] + lines).joined(separator: "\n")
  }

  private func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }

  private func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
