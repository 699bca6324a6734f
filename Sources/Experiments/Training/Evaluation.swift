import VisionMetrics

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
