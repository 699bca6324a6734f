import VisionMetrics

/// A task's metrics and mean loss over a data set.
public struct TaskEvaluation: Sendable, Codable, Equatable {
  public let task: String
  public let loss: Double
  public let metrics: [MetricResult]

  /// The metric that the task is judged by.
  public var primary: MetricResult { metrics[0] }
}
