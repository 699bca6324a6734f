import Support
import VisionMetrics

/// A task's metrics and mean loss over a data set.
public struct TaskEvaluation: Sendable, Codable, Equatable {
  /// The name of the task.
  public let task: String
  /// The mean loss over all known labels.
  public let loss: Double
  /// The metrics; the first is ``primary``.
  public let metrics: [MetricResult]

  /// Creates the evaluation of a task.
  ///
  /// - Parameters:
  ///   - task: the name of the task.
  ///   - loss: the mean loss over all known labels.
  ///   - metrics: the metrics, one at least; the task is judged by the first one.
  public init(task: String, loss: Double, metrics: [MetricResult]) {
    require(!metrics.isEmpty, "an evaluation of '\(task)' without a metric")
    self.task = task
    self.loss = loss
    self.metrics = metrics
  }

  /// The metric that the task is judged by.
  public var primary: MetricResult { metrics[0] }
}

extension TaskEvaluation {
  /// - Throws: `DecodingError` also where there is no metric to judge the task by.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    task = try fields.decode(String.self, forKey: .task)
    loss = try fields.decode(Double.self, forKey: .loss)
    metrics = try fields.decode([MetricResult].self, forKey: .metrics)
    guard !metrics.isEmpty else {
      throw DecodingError.dataCorruptedError(forKey: .metrics, in: fields, debugDescription: "there is no metric")
    }
  }
}
