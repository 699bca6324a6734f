import MultitaskLearning
import Support

/// The curves of diagnostics in the runs of a study, minus those of its reference with the same seed: of methods at the level
/// of parameters, and of methods at the level of features.
///
/// A curve is the mean over the seeds that both have finished, as a moving average over a tenth of its length.
///
/// - Source: *Robust Analysis of Multi-Task Learning Efficiency: New Benchmarks on Light-Weighed Backbones and Effective
///   Measurement of Multi-Task Learning Challenges by Feature Disentanglement*, figures 2 to 5, 7 and 8.
struct RelativeDiagnostics {
  /// A diagnostic's curves of the methods at one level.
  struct Figure {
    /// The curve of a method.
    struct Line {
      let label: String
      let points: [(step: Int, value: Double)]
    }

    let title: String
    let diagnostic: String
    let level: GradientLevel
    /// Of each of the study's methods, which keep their colors; without points for the reference, and those of another
    /// level.
    let allLines: [Line]
    /// Those that have points.
    var lines: [Line] { allLines.filter { !$0.points.isEmpty } }

    /// Steps that divide the curves evenly; the last one is where they end.
    func steps(count: Int) -> [Int] {
      let all = Set(lines.flatMap { $0.points.map(\.step) }).sorted()
      guard all.count > count else { return all }
      return (1...count).map { all[$0 * all.count / count - 1] }
    }
  }

  /// Empty where the study has no reference, or its gradients were not observed.
  let figures: [Figure]

  init(_ results: StudyResults) {
    let study = results.study
    guard let reference = results.candidates.first(where: { $0.label == study.reference }) else {
      figures = []
      return
    }
    let levels = study.candidates.map(\.configuration.method.level)
    let names = Set(reference.looks.values.flatMap { $0.values.flatMap(\.keys) }).sorted()
    figures = names.flatMap { name in
      GradientLevel.allCases.compactMap { level -> Figure? in
        let lines = zip(results.candidates, levels).map { row, own in
          let isShown = own == level && row.label != reference.label
          return Figure.Line(
            label: row.label, points: isShown ? Self.smoothed(Self.difference(of: name, row, reference)) : [])
        }
        guard lines.contains(where: { !$0.points.isEmpty }) else { return nil }
        return Figure(
          title: "\(name) minus that of \(reference.label): methods at the level of \(level.rawValue)",
          diagnostic: name, level: level, allLines: lines)
      }
    }
  }

  var charts: [Chart] {
    figures.map { figure in
      Chart(figure.title, smoothed: false, figure.allLines.map { ($0.label, $0.points.map { ($0.step, $0.value) }) })
    }
  }

  /// Every point of every curve in a line of its own.
  var csv: String {
    let lines = figures.flatMap { figure in
      figure.lines.flatMap { line in
        line.points.map { [figure.diagnostic, figure.level.rawValue, line.label, "\($0.step)", "\($0.value)"] }
      }
    }
    let header = ["diagnostic", "level", "method", "step", "difference"]
    return ([header] + lines).csv
  }

  /// The mean over the seeds of both, at the steps at which all of them were looked at.
  private static func difference(
    of name: String, _ row: StudyResults.Row, _ reference: StudyResults.Row
  ) -> [(step: Int, value: Double)] {
    var sums: [Int: [Double]] = [:]
    for (seed, looks) in row.looks {
      guard let others = reference.looks[seed] else { continue }
      for (step, look) in looks {
        if let own = look[name], let other = others[step]?[name] { sums[step, default: []].append(own - other) }
      }
    }
    let seedCount = sums.values.map(\.count).max() ?? 0
    return sums.filter { $0.value.count == seedCount }.sorted { $0.key < $1.key }.map { ($0, $1.mean ?? 0) }
  }

  /// The mean of a tenth of the points around each, or of what there is of it at the ends.
  private static func smoothed(_ points: [(step: Int, value: Double)]) -> [(step: Int, value: Double)] {
    let half = points.count / 20
    return points.indices.map { index in
      let window = points[max(0, index - half)...min(points.count - 1, index + half)]
      return (points[index].step, window.reduce(0) { $0 + $1.value } / Double(window.count))
    }
  }
}
