import Foundation
import TextTable
import VisionMetrics

/// Results as a table for the terminal: each task's first metric beside the trivial predictor's.
public struct ResultTable {
  private struct Row {
    let task: String
    let metric: String
    let value: String
    let trivial: String
    let gain: String
  }

  private let rows: [Row]
  private let hasReference: Bool

  /// - Parameters:
  ///   - evaluation: the results to show.
  ///   - reference: the results of the trivial predictor; if nil, all metrics are shown alone.
  public init(_ evaluation: Evaluation, reference: Evaluation?) {
    hasReference = reference != nil
    rows = evaluation.tasks.flatMap { task in
      (reference == nil ? task.metrics : [task.primary] + Self.extra(task)).map { metric in
        let other = reference?.tasks.first { $0.task == task.task }?.metrics.first { $0.name == metric.name }
        return Row(
          task: task.task, metric: "\(metric.name) \(metric.direction.arrow)",
          value: Self.format(metric.value), trivial: other.map { Self.format($0.value) } ?? "",
          gain: other.map { Self.ratio(metric.value, $0.value) } ?? "")
      }
    }
  }

  /// Edges are also judged by their loss, which needs no threshold.
  private static func extra(_ task: TaskEvaluation) -> [MetricResult] {
    task.metrics.filter { $0.name == "loss" }
  }

  private static func format(_ value: Double) -> String { String(format: "%.4f", value) }

  private static func ratio(_ value: Double, _ reference: Double) -> String {
    reference == 0 ? "" : String(format: "%.2f ×", value / reference)
  }

  /// The table as text of fixed width: a row for each metric shown.
  public var text: String {
    let hasReference = hasReference
    let table = TextTable<Row> { row in
      let columns = [
        Column("Task" <- row.task, align: .left), Column("Metric" <- row.metric, align: .left),
        Column("Network" <- row.value, align: .right),
      ]
      let reference = [
        Column("Trivial" <- row.trivial, align: .right), Column("Ratio" <- row.gain, align: .right),
      ]
      return hasReference ? columns + reference : columns
    }
    return table.string(for: rows) ?? ""
  }
}
