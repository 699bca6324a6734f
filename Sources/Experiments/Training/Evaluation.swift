import VisionMetrics

/// A task's metrics and mean loss over a data set.
public struct TaskEvaluation: Sendable, Codable, Equatable {
  public let task: String
  public let loss: Double
  public let metrics: [MetricResult]

  /// The metric that the task is judged by.
  public var primary: MetricResult { metrics[0] }
}

/// Metrics of all tasks.
public struct Evaluation: Sendable, Codable, Equatable {
  public let tasks: [TaskEvaluation]

  /// The mean gain over a reference, task by task, in the primary metrics. Where the reference is zero, the value
  /// itself counts.
  public func score(against reference: Evaluation) -> Double {
    let gains = zip(tasks, reference.tasks).map { own, other in
      other.primary.value == 0 ? own.primary.value : relativeGain(own.primary, over: other.primary.value)
    }
    return gains.reduce(0, +) / Double(gains.count)
  }
}
