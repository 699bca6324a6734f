import MultitaskLearning

/// The curves of diagnostics in the runs of a study, minus those of its reference: of methods at the level of parameters,
/// and of methods at the level of features.
///
/// - Source: *Robust Analysis of Multi-Task Learning Efficiency: New Benchmarks on Light-Weighed Backbones and Effective
///   Measurement of Multi-Task Learning Challenges by Feature Disentanglement*, figures 2 to 5, 7 and 8.
struct RelativeDiagnostics {
  private struct Curve {
    let label: String
    let level: GradientLevel
    /// The numbers of each look by their names, by step.
    let looks: [Int: [String: Double]]
  }

  private let reference: Curve?
  private let others: [Curve]

  /// - Parameter curves: the steps of one run of each candidate, by the candidate's label.
  init(_ study: Study, _ curves: [(label: String, steps: [StepRecord])]) {
    let levels = Dictionary(uniqueKeysWithValues: study.candidates.map { ($0.label, $0.configuration.method.level) })
    let all = curves.map { label, steps in
      Curve(label: label, level: levels[label] ?? .parameters, looks: Self.looks(steps))
    }
    reference = all.first { $0.label == study.reference }
    others = all.filter { $0.label != study.reference }
  }

  private static func looks(_ steps: [StepRecord]) -> [Int: [String: Double]] {
    steps.reduce(into: [:]) { looks, step in
      guard let record = step.diagnostics else { return }
      for (name, value) in record.measures { looks[step.step, default: [:]][name] = value }
    }
  }

  /// Empty where the study has no reference, or its gradients were not observed.
  var charts: [Chart] {
    guard let reference else { return [] }
    let names = Set(reference.looks.values.flatMap(\.keys)).sorted()
    return names.flatMap { name in
      GradientLevel.allCases.compactMap { level in
        let lines = others.filter { $0.level == level }.map { ($0.label, difference(of: name, $0, reference)) }
        guard lines.contains(where: { !$0.1.isEmpty }) else { return nil }
        return Chart(
          "\(name) minus that of \(reference.label): methods at the level of \(level.rawValue)", smoothed: true, lines)
      }
    }
  }

  private func difference(of name: String, _ curve: Curve, _ reference: Curve) -> [(Int, Double)] {
    curve.looks.keys.sorted().compactMap { step in
      guard let own = curve.looks[step]?[name], let other = reference.looks[step]?[name] else { return nil }
      return (step, own - other)
    }
  }
}
