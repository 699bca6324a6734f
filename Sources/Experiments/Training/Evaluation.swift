import Support
import VisionMetrics

/// The metrics of all tasks on one data set.
public struct Evaluation: Sendable, Codable, Equatable {
  /// The metrics of each task, in the order of the workload's ``Workload/evaluatedNames``.
  public let tasks: [TaskEvaluation]

  /// Creates an evaluation from the tasks' metrics.
  public init(tasks: [TaskEvaluation]) { self.tasks = tasks }

  /// The mean gain over a reference in the tasks' primary metrics: by it, checkpoints are ordered.
  ///
  /// The gain of a metric m over the reference r is relative, ± (m − r) / r, minus where lower is better. Where r is 0,
  /// or the rounding of a 0, it is ± m / (1 + |m|): it grows with every improvement as well, and stays between −1 and 1,
  /// so that one task does not decide alone.
  public func score(against reference: Evaluation) -> Double {
    require(
      !tasks.isEmpty && reference.covers(tasks.map(\.task)),
      "\(tasks.map(\.task)) cannot be compared with \(reference.tasks.map(\.task))")
    let gains = zip(tasks, reference.tasks).map { Self.gain($0.primary, over: $1.primary.value) }
    return gains.reduce(0, +) / Double(gains.count)
  }

  /// Whether it has metrics of exactly these tasks, in this order.
  func covers(_ names: [String]) -> Bool {
    tasks.map(\.task) == names && tasks.allSatisfy { !$0.metrics.isEmpty }
  }

  private static func gain(_ metric: MetricResult, over reference: Double) -> Double {
    if abs(reference) > roundingOfZero, let gain = relativeGain(metric, over: reference) { return gain }
    return metric.direction.sign * metric.value / (1 + abs(metric.value))
  }

  /// Metrics are fractions, degrees or meters.
  private static let roundingOfZero = 1e-6
}
