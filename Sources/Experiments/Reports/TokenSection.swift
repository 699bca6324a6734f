import Foundation
import MultitaskLearning
import NeuralNetworks

/// The section of a report about a transformer that grew: what its tokens span, where tasks conflict, what grew, and
/// whether the tasks' gradients agree more afterwards.
struct TokenSection {
  private let step: Int
  private let report: TokenAdaptationReport?
  private let looks: [(step: Int, cosines: [Double])]

  init(_ records: [LogRecord]) {
    let adaptation = records.compactMap { if case .adaptation(let record) = $0 { record } else { nil } }.last
    step = adaptation?.step ?? 0
    report = if case .tokens(let report) = adaptation?.report { report } else { nil }
    looks = records.compactMap { record in
      guard case .step(let step) = record, let diagnostics = step.diagnostics, diagnostics.level == .parameters
      else { return nil }
      let cosines = diagnostics.cosines
      return (step.step, cosines.indices.flatMap { i in (0..<i).map { cosines[i][$0] } })
    }
  }

  var html: String {
    guard let report else { return "" }
    let analysis = report.analysis
    return """
      <h2>Tokens</h2>
      <p>Before step \(step) the transformer grew by \(String(format: "%.2f", report.gain * 100)) %, from
      \(report.parameterCountBefore) to \(report.parameterCountAfter) parameters, after a look at \(analysis.sampleCount) samples
      (\(String(format: "%.1f", report.seconds)) s).</p>
      \(growth(report.growth, layerCount: analysis.layers.count))
      <h3>Spectrum of each layer's tokens</h3>
      <p>The table shows the eigenvalues of the uncentered covariance, largest first, on a logarithmic scale: blue ones span the range space
      (r = \(String(format: "%g", analysis.ratio))), gray ones the null space.</p>
      \(spectra(analysis))
      <h3>Conflicts in the range space</h3>
      <p>The table gives the percentage of samples in which two tasks want opposite changes of a layer's tokens within the space:
      the inner product of their gradients is not above zero. Chance gives about half. The layers with the highest means get modulators;
      those with the highest means in the null space get tokens of tasks.</p>
      \(conflicts(analysis, \.rangeConflicts, \.rangeConflictCount))
      <h3>Conflicts in the null space</h3>
      \(conflicts(analysis, \.nullConflicts, \.nullConflictCount))
      \(cosines)
      """
  }

  private func growth(_ growth: TokenGrowth, layerCount: Int) -> String {
    func mark(_ layers: [Int], _ text: String) -> [String] {
      (0..<layerCount).map { layers.contains($0) ? HTML.shaded(text, color: HTML.agreement, strength: 0.6) : "" }
    }
    let tokens = growth.tokensPerTask == 1 ? "token" : "\(growth.tokensPerTask) tokens"
    return HTML.table(
      ["Layer"] + (0..<layerCount).map(String.init),
      [
        ["modulators (\(growth.modulation.rawValue))"] + mark(growth.modulatedLayers, "M"),
        ["\(tokens) of each task"] + mark(growth.expandedLayers, "T"),
      ], class: "matrix")
  }

  /// The largest number of columns; beyond it, neighboring eigenvalues share one.
  private static let largestColumnCount = 96

  private func spectra(_ analysis: TokenAnalysis) -> String {
    let rows = analysis.layers.enumerated().map { index, layer -> [String] in
      let largest = max(layer.eigenvalues.first ?? 0, 1e-300)
      let step = max(1, (layer.eigenvalues.count + Self.largestColumnCount - 1) / Self.largestColumnCount)
      let cells = stride(from: 0, to: layer.eigenvalues.count, by: step).map { position in
        // The scale goes from the largest down to a billionth of it, which can still be seen.
        let share = max(layer.eigenvalues[position] / largest, 1e-9)
        return HTML.shaded(
          "", color: position < layer.rangeDimension ? HTML.share : "90, 90, 90",
          strength: 1 + log10(share) / 10,
          title: "eigenvalue \(position + 1): \(String(format: "%.3g", layer.eigenvalues[position]))")
      }
      return [
        "\(index)", "\(layer.rangeDimension) of \(layer.eigenvalues.count)",
        "<div class=\"strip\">\(cells.joined())</div>",
      ]
    }
    return HTML.table(["Layer", "Range space", "Eigenvalues"], rows)
  }

  private func conflicts(
    _ analysis: TokenAnalysis, _ counts: KeyPath<TokenAnalysis.Layer, [[Int]]>,
    _ total: KeyPath<TokenAnalysis.Layer, Int>
  ) -> String {
    let pairs = analysis.tasks.indices.flatMap { i in (0..<i).map { (i, $0) } }
    func cell(_ share: Double) -> String {
      HTML.shaded(String(format: "%.1f %%", share * 100), color: HTML.conflict, strength: share)
    }
    let samples = Double(max(1, analysis.sampleCount))
    let rows = pairs.map { i, j -> [String] in
      [HTML.escape("\(analysis.tasks[j]) · \(analysis.tasks[i])")]
        + analysis.layers.map { cell(Double($0[keyPath: counts][i][j]) / samples) }
    }
    let means = analysis.layers.map { cell(analysis.share(ofConflicts: $0[keyPath: total])) }
    return HTML.table(
      ["Pair"] + analysis.layers.indices.map { "layer \($0)" }, rows + [["mean"] + means], class: "matrix")
  }

  private static let binCount = 20

  /// The cosines of all pairs over all shared parameters, at the looks before the growth and at those after it.
  private var cosines: String {
    let before = looks.filter { $0.step < step }
    let after = looks.filter { $0.step >= step }
    guard !after.isEmpty else { return "" }
    let rows = [("before", before), ("after", after)].filter { !$0.1.isEmpty }.map { name, looks -> [String] in
      let cosines = looks.flatMap(\.cosines)
      return ["\(name) (\(RunSummary.looks(looks.count)))"] + HTML.histogram(cosines, binCount: Self.binCount)
    }
    return """
      <h3>Cosines between the tasks' gradients, before and after</h3>
      <p>The table shows the cosines of all pairs of tasks, over all shared parameters.</p>
      \(HTML.table([""] + HTML.cosineBins(Self.binCount) + ["below 0"], rows, class: "histogram"))
      """
  }
}
