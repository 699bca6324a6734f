/// The mean relative gain of a multi-task network over single-task networks.
///
///     Δm = (1/T) Σ ± (M − B) / B      minus where lower is better
///
/// - Source: Maninis et al., *Attentive Single-Tasking of Multiple Tasks*, CVPR 2019, equation 4.
public func deltaM(multitask: [MetricResult], baseline: [Double]) -> Double {
  precondition(multitask.count == baseline.count, "\(multitask.count) results for \(baseline.count) baselines")
  guard !multitask.isEmpty else { return 0 }
  return zip(multitask, baseline).reduce(0) { $0 + relativeGain($1.0, over: $1.1) } / Double(multitask.count)
}

/// As ``deltaM(multitask:baseline:)`` for tasks with several metrics: averaged within every task first.
///
/// - Source: Lin, Zhang, *LibMTL*, JMLR 2023.
public func deltaM(multitaskByTask: [[MetricResult]], baselineByTask: [[Double]]) -> Double {
  precondition(multitaskByTask.count == baselineByTask.count, "tasks and baselines differ in number")
  guard !multitaskByTask.isEmpty else { return 0 }
  return zip(multitaskByTask, baselineByTask).reduce(0) {
    $0 + deltaM(multitask: $1.0, baseline: $1.1)
  } / Double(multitaskByTask.count)
}

/// The gain of one metric as a share of the baseline; positive is better.
public func relativeGain(_ result: MetricResult, over baseline: Double) -> Double {
  let change = (result.value - baseline) / baseline
  return result.direction == .higherIsBetter ? change : -change
}
