import Foundation

/// Advice as text: `polymath advise`.
public struct AdviceTable {
  private let advice: MethodAdvice
  private let layers: LayerTable

  private static let layerCount = 8
  private static let pairCount = 12

  /// Creates the text.
  ///
  /// - Parameters:
  ///   - advice: what the gradients say.
  ///   - layers: the layers in the order of their conflicts.
  public init(_ advice: MethodAdvice, layers: LayerTable) {
    self.advice = advice
    self.layers = layers
  }

  /// Tables of fixed width, with what they mean and how sure it is.
  public var text: String {
    [pairs, dominance, conflictingLayers, methods, choices].joined(separator: "\n\n")
  }

  private var pairs: String {
    let rows = advice.pairs.prefix(Self.pairCount).map { pair in
      [
        pair.tasks.joined(separator: " · "), format("%+.3f", pair.cosine),
        format("%.0f %%", 100 * pair.conflictFraction),
      ]
    }
    return "Conflicts in \(advice.lookCount) looks at the shared parameters\n"
      + CostTable.text([["tasks", "mean cosine", "in conflict"]] + rows)
  }

  private var dominance: String {
    let rows = advice.tasks.map { task in
      [task.task, format("%.2f", task.relativeNorm), format("%+.3f", task.cosineWithSum)]
    }
    return "Lengths of gradients, 1 being the geometric mean, and cosines with the plain sum\n"
      + CostTable.text([["task", "length", "cosine with sum"]] + rows)
  }

  private var conflictingLayers: String {
    let rows = layers.rows.prefix(Self.layerCount).map { [$0.layer, "\($0.score)"] }
    return "Layers with the most conflicts, counted over steps and pairs\n"
      + CostTable.text([["layer", "conflicts"]] + rows)
  }

  private var methods: String {
    let sum = advice.methods.first { $0.name == MethodAdvice.plainSum }?.secondsPerStep
    let rows = advice.methods.map { method in
      [
        method.name, method.meanCosine.map { format("%+.3f", $0) } ?? "",
        method.smallestCosine.map { format("%+.3f", $0) } ?? "",
        method.secondsPerStep.map { format("%.0f", $0 * 1000) } ?? "",
        method.secondsPerStep.flatMap { own in sum.map { format("%.1f", own / $0) } } ?? "",
        method.certainty.map { format("%.0f %%", 100 * $0) } ?? "",
      ]
    }
    return """
      Methods: the mean and the smallest cosine of their direction with the tasks' gradients, the time of a step, how many
      steps of the plain sum that is, and how often the method is among the first three when looks are drawn anew
      \(CostTable.text([["method", "mean", "smallest", "ms/step", "× sum", "first three"]] + rows))
      """
  }

  private var choices: String {
    let names = advice.firstChoices
    guard !names.isEmpty else { return "No method can be judged by the gradients' inner products." }
    let certain = names.compactMap { name in advice.methods.first { $0.name == name }?.certainty }.min() ?? 0
    return """
      To try first: \(names.joined(separator: ", "))\(rivals)
      How sure that is: drawn anew, the looks would choose these again in \(Self.inWords(fraction: certain)),
      but they are steps of the plain sum, and say nothing of methods without a cosine above. Whether steeper descent
      for every task also ends in better networks, only a study tells.
      """
  }

  /// The least fraction of the draws that chose a method, in words.
  private static func inWords(fraction: Double) -> String {
    switch Int((100 * fraction).rounded(.down)) {
    case 100...: "every draw"
    case let percent where percent > 0: "at least \(percent) % of the draws"
    default: "less than 1 % of the draws"
    }
  }

  /// The methods that are nearly as good as the last of the first choices.
  private var rivals: String {
    guard let last = advice.firstChoices.last, let third = advice.methods.first(where: { $0.name == last })?.meanCosine
    else { return "" }
    let near = advice.methods.filter { method in
      method.name != MethodAdvice.plainSum && !advice.firstChoices.contains(method.name)
        && method.meanCosine.map { $0 > third - Self.nearness } == true
    }
    return near.isEmpty
      ? "" : "; hardly worse, by less than \(Self.nearness): \(near.map(\.name).joined(separator: ", "))"
  }

  private static let nearness = 0.01

  private func format(_ format: String, _ number: Double) -> String { String(format: format, number) }
}
