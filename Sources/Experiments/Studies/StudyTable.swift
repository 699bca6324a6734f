import Foundation
import TextTable
import VisionMetrics

/// A study's results as tables in several formats.
public struct StudyTable: Sendable {
  private let results: StudyResults
  let tables: [Table]
  /// The course of diagnostics beside the reference's.
  let curves: RelativeDiagnostics

  /// Creates the tables: an overview, the methods beside the study's reference, one for each task, what becomes of results if
  /// a method works on features rather than on parameters (of methods that the study has at both levels), how far
  /// diagnostics and results agree on the order of methods, and the course of diagnostics beside the reference's.
  public init(_ results: StudyResults) {
    self.results = results
    let comparison = StudyComparison(results)
    curves = RelativeDiagnostics(results)
    tables =
      [Self.overview(results)] + Self.referenceTables(results, comparison) + Self.taskTables(results)
      + Self.changeTables(results, comparison) + Self.levelTables(results, comparison)
      + Self.similarityTables(results, comparison) + Self.curveTables(curves)
  }

  /// What counts, at a glance: primary metrics, Δm, mean rank, cost.
  private static func overview(_ results: StudyResults) -> Table {
    let rows = results.rows
    func column(
      _ name: String, _ direction: MetricResult.Direction?, _ format: String,
      _ value: (StudyResults.Row) -> Statistic?
    ) -> ResultColumn {
      ResultColumn(
        name: name, direction: direction,
        cells: marked(rows.map { Cell(statistic: value($0), format: format) }, rows, direction))
    }
    var columns = results.primaryMetrics.map { metric in
      column("\(metric.task) \(metric.name)", metric.direction, "%.4g") { $0.statistic(metric) }
    }
    if results.reference != nil {
      columns.append(column("Δm %", .higherIsBetter, "%+.2f") { results.deltaM($0) })
    }
    columns.append(column("mean rank", .lowerIsBetter, "%.2f") { $0.isBaseline ? nil : results.meanRank($0) })
    for (name, format, value) in sizes where rows.contains(where: { value($0) != nil }) {
      columns.append(column(name, nil, format, value))
    }
    columns.append(column("ms/step", nil, "%.0f") { row in row.secondsPerStep.map { $0.scaled(by: 1000) } })
    columns.append(column("peak MB", nil, "%.0f") { $0.peakMegabytes })
    return Table(title: "Overview", labels: rows.map { label($0, results) }, columns: columns)
  }

  /// What the networks cost, where that is known.
  private static let sizes: [(name: String, format: String, value: @Sendable (StudyResults.Row) -> Statistic?)] = [
    ("10⁶ parameters", "%.3f", { $0.megaparameters }), ("GFLOPs", "%.4f", { $0.gigaflops }),
  ]

  /// With the number of seeds, where some are not finished.
  static func label(_ row: StudyResults.Row, _ results: StudyResults) -> String {
    let label = row.label.onOneLine
    return row.values.count == results.seedCount
      ? label : "\(label) (\(row.values.count) of \(results.seedCount) seeds)"
  }

  /// Every metric of every task.
  private static func taskTables(_ results: StudyResults) -> [Table] {
    tasks(of: results).map { task in
      let columns = results.metrics.filter { $0.task == task }.map { metric in
        ResultColumn(
          name: metric.name, direction: metric.direction,
          cells: marked(
            results.rows.map { Cell(statistic: $0.statistic(metric), format: "%.4g") }, results.rows, metric.direction))
      }
      return Table(title: task, labels: results.rows.map { label($0, results) }, columns: columns)
    }
  }

  private static func tasks(of results: StudyResults) -> [String] {
    var tasks: [String] = []
    for metric in results.metrics where !tasks.contains(metric.task) { tasks.append(metric.task) }
    return tasks
  }

  private static func levelTables(_ results: StudyResults, _ comparison: StudyComparison) -> [Table] {
    let pairs = comparison.levelPairs
    guard !pairs.isEmpty else { return [] }
    return tasks(of: results).map { task in
      let columns = results.metrics.filter { $0.task == task }.map { metric in
        ResultColumn(
          name: metric.name, direction: metric.direction,
          cells: pairs.map { Cell(statistic: StudyComparison.change($0, metric), format: "%+.1f") })
      }
      return Table(
        title: "\(task): change from parameters to features in %", labels: pairs.map(\.features.label.onOneLine),
        columns: columns)
    }
  }

  /// The best of the candidates.
  private static func marked(
    _ cells: [Cell], _ rows: [StudyResults.Row], _ direction: MetricResult.Direction?
  ) -> [Cell] {
    guard let direction else { return cells }
    let means = zip(cells, rows).map { $1.isBaseline ? nil : $0.statistic?.mean }
    let best = direction == .higherIsBetter ? means.compactMap { $0 }.max() : means.compactMap { $0 }.min()
    return zip(cells, means).map { cell, mean in
      Cell(statistic: cell.statistic, format: cell.format, isBest: mean != nil && mean == best)
    }
  }

  private static func arrow(_ column: ResultColumn) -> String { column.direction.map { " " + $0.arrow } ?? "" }

  private static func text(_ cell: Cell) -> String {
    guard let statistic = cell.statistic else { return "" }
    let deviation = cell.format.replacing("+", with: "").replacing("%.4g", with: "%.2g")
    let mean = String(format: cell.format, statistic.mean)
    let text = statistic.deviation.map { mean + " ± " + String(format: deviation, $0) } ?? mean
    return cell.verdict.map { "\(text) \($0.mark)" } ?? text
  }

  // MARK: Formats

  /// The overview as text of fixed width, for the terminal.
  public var text: String { Self.text(tables[0]) }

  private static func text(_ table: Table) -> String {
    let rendered = TextTable<Int> { row in
      [Column("" <- table.labels[row], align: .left)]
        + table.columns.map { Column("\($0.name)\(arrow($0))" <- text($0.cells[row]), align: .right) }
    }
    return rendered.string(for: Array(table.labels.indices)) ?? ""
  }

  /// All tables as text of fixed width.
  public var allText: String { tables.map { "\($0.title)\n\(Self.text($0))\n" }.joined(separator: "\n") }

  /// All tables in Markdown, the best mean of each column in bold.
  public var markdown: String {
    tables.map { table in
      let header =
        "| | " + table.columns.map { "\($0.name.escapedForMarkdown)\(Self.arrow($0))" }.joined(separator: " | ")
        + " |"
      let rule = "| --- |" + table.columns.map { _ in " ---: |" }.joined()
      let rows = table.labels.indices.map { row in
        "| \(table.labels[row].escapedForMarkdown) | "
          + table.columns.map { column in
            let cell = column.cells[row]
            return cell.isBest ? "**\(Self.text(cell))**" : Self.text(cell)
          }.joined(separator: " | ") + " |"
      }
      return "### \(table.title)\n\n" + ([header, rule] + rows).joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
  }

  /// All tables in LaTeX, which need the package booktabs; the best mean of each column is in bold.
  public var latex: String {
    tables.map { table in
      let header = table.columns.map {
        let arrow = $0.direction.map { $0 == .higherIsBetter ? " $\\uparrow$" : " $\\downarrow$" } ?? ""
        return $0.name.escapedForLatex + arrow
      }
      let rows = table.labels.indices.map { row in
        ([table.labels[row].escapedForLatex]
          + table.columns.map { column in
            let cell = column.cells[row]
            let text = Self.text(cell).replacing(" ± ", with: " $\\pm$ ")
              .replacing("▲", with: "$\\uparrow$").replacing("▼", with: "$\\downarrow$")
            return cell.isBest ? "\\textbf{\(text)}" : text
          }).joined(separator: " & ") + " \\\\"
      }
      return """
        % \(table.title); needs \\usepackage{booktabs}
        \\begin{tabular}{l\(String(repeating: "r", count: table.columns.count))}
        \\toprule
         & \(header.joined(separator: " & ")) \\\\
        \\midrule
        \(rows.joined(separator: "\n"))
        \\bottomrule
        \\end{tabular}

        """
    }.joined(separator: "\n")
  }

  /// Every metric's mean and deviation in columns of their own, with all digits.
  public var csv: String {
    let results = results
    let numbers: [(name: String, value: (StudyResults.Row) -> Statistic?)] =
      results.metrics.map { metric in ("\(metric.task).\(metric.name)", { $0.statistic(metric) }) } + [
        ("delta_m_percent", { results.deltaM($0) }),
        ("mean_rank", { $0.isBaseline ? nil : results.meanRank($0) }), ("megaparameters", { $0.megaparameters }),
        ("gigaflops", { $0.gigaflops }), ("seconds_per_step", { $0.secondsPerStep }),
        ("peak_megabytes", { $0.peakMegabytes }),
      ]
    let header = ["method", "seeds"] + numbers.flatMap { ["\($0.name).mean", "\($0.name).deviation"] }
    let lines = results.rows.map { row in
      [row.label, "\(row.values.count)"]
        + numbers.flatMap { number -> [String] in
          number.value(row).map { ["\($0.mean)", $0.deviation.map { "\($0)" } ?? ""] } ?? ["", ""]
        }
    }
    return ([header] + lines).csv
  }

  /// All tables as HTML.
  var html: [(title: String, table: String)] {
    tables.map { table in
      let rows = table.labels.indices.map { row in
        [HTML.escape(table.labels[row])]
          + table.columns.map { column in
            let text = HTML.escape(Self.text(column.cells[row]))
            return column.cells[row].isBest ? "<b>\(text)</b>" : text
          }
      }
      return (table.title, HTML.table([""] + table.columns.map { "\($0.name)\(Self.arrow($0))" }, rows))
    }
  }
}

extension Statistic {
  fileprivate func scaled(by factor: Double) -> Statistic {
    Statistic(mean: mean * factor, deviation: deviation.map { $0 * factor })
  }
}
