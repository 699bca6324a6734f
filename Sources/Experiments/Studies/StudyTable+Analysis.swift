import Foundation
import MultitaskLearning
import Support

// The tables of a robust analysis.
extension StudyTable {
  /// What methods reach beside the study's reference.
  ///
  /// - Source: *Robust Analysis of Multi-Task Learning Efficiency: New Benchmarks on Light-Weighed Backbones and Effective
  ///   Measurement of Multi-Task Learning Challenges by Feature Disentanglement*, table 1.
  static func referenceTables(_ results: StudyResults, _ comparison: StudyComparison) -> [Table] {
    guard let reference = results.study.reference, !results.comparedMetrics.isEmpty else { return [] }
    let rows = results.candidates
    var columns = results.comparedMetrics.map { metric in
      ResultColumn(
        name: name(metric), direction: metric.direction,
        cells: rows.map {
          Cell(statistic: $0.statistic(metric), format: "%.3f", verdict: comparison.verdict($0, metric))
        })
    }
    columns.append(
      ResultColumn(
        name: "Δm %", direction: .higherIsBetter,
        cells: rows.map { Cell(statistic: results.deltaM($0), format: "%+.2f") }))
    columns.append(
      ResultColumn(
        name: "mean rank", direction: .lowerIsBetter,
        cells: rows.map { Cell(statistic: results.meanRank($0), format: "%.2f") }))
    let threshold = results.negligibleDifference > 0 ? "\(results.negligibleDifference) and by more than " : ""
    return [
      Table(
        title:
          "Beside \(reference.onOneLine): ▲ better, ▼ worse by more than \(threshold)one pooled deviation of the seeds",
        labels: rows.map { label($0, results) }, columns: columns)
    ]
  }

  /// What becomes of the results that methods are compared by where a method works on features.
  ///
  /// - Source: the same, table 2.
  static func changeTables(_ results: StudyResults, _ comparison: StudyComparison) -> [Table] {
    let pairs = comparison.levelPairs
    guard !pairs.isEmpty else { return [] }
    let columns = results.comparedMetrics.map { metric in
      ResultColumn(
        name: name(metric), direction: metric.direction,
        cells: pairs.map { Cell(statistic: StudyComparison.change($0, metric), format: "%+.1f") })
    }
    return [
      Table(
        title: "Change from parameters to features in %", labels: pairs.map(\.features.label.onOneLine),
        columns: columns)
    ]
  }

  /// How far results agree on the order of methods, and how far diagnostics say it beforehand. Empty where there are too
  /// few methods or results to be compared.
  ///
  /// - Source: the same, table 3.
  static func similarityTables(_ results: StudyResults, _ comparison: StudyComparison) -> [Table] {
    let metrics = results.comparedMetrics
    guard comparison.ranked.count > 2, metrics.count > 1 else { return [] }
    func table(_ subject: String, _ labels: [String], _ value: (Int, StudyResults.Metric) -> Double?) -> Table {
      Table(
        title: "Ranking similarity of \(subject) (\(comparison.ranked.count) methods; \(chance(comparison)))",
        labels: labels,
        columns: metrics.map { metric in
          ResultColumn(
            name: name(metric), direction: nil,
            cells: labels.indices.map { row in
              Cell(statistic: value(row, metric).map { Statistic(mean: $0, deviation: nil) }, format: "%.2f")
            })
        })
    }
    let diagnostics = comparison.diagnostics
    let agreement = table("results", metrics.map(name)) { comparison.similarity(metrics[$0], $1) }
    guard !diagnostics.isEmpty else { return [agreement] }
    return [
      table("diagnostics, means of the last \(StudyComparison.lookCount) looks, and results", diagnostics) {
        comparison.similarity(diagnostic: diagnostics[$0], $1)
      }, agreement,
    ]
  }

  private static func chance(_ comparison: StudyComparison) -> String {
    let chance = comparison.chance
    return String(
      format: "random orders give %.2f, and in 5 %% of cases above %.2f", chance.mean, chance.exceeded)
  }

  /// The curves of diagnostics minus those of the reference, at tenths of the training.
  ///
  /// - Source: the same, figures 2 to 5, 7 and 8.
  static func curveTables(_ curves: RelativeDiagnostics) -> [Table] {
    curves.figures.map { figure in
      let steps = figure.steps(count: 10)
      return Table(
        title: "\(figure.title), moving averages over a tenth of the training",
        labels: figure.lines.map(\.label.onOneLine),
        columns: steps.map { step in
          ResultColumn(
            name: "step \(step)", direction: nil,
            cells: figure.lines.map { line in
              Cell(
                statistic: line.points.last { $0.step <= step }.map { Statistic(mean: $0.value, deviation: nil) },
                format: "%+.3f")
            })
        })
    }
  }

  static func name(_ metric: StudyResults.Metric) -> String { "\(metric.task) \(metric.name)" }

  /// Every number of every table in a line of its own: table, row, column, mean, deviation, and how it compares with the
  /// reference.
  public var analysisCSV: String {
    let lines = tables.flatMap { table in
      table.columns.flatMap { column in
        zip(table.labels, column.cells).compactMap { label, cell -> [String]? in
          guard let statistic = cell.statistic else { return nil }
          return [
            table.title, label, column.name, "\(statistic.mean)", statistic.deviation.map { "\($0)" } ?? "",
            cell.verdict?.rawValue ?? "",
          ]
        }
      }
    }
    let header = ["table", "row", "column", "mean", "deviation", "verdict"]
    return ([header] + lines).csv
  }
}
