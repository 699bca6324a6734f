import Support

/// The mean relative gain of a multi-task network over single-task networks.
///
///     Δm = (1/T) Σ ± (M − B) / B      minus where lower is better
///
/// - Returns: nil if one of the gains is not defined, as ``relativeGain(_:over:)`` says.
/// - Source: Maninis et al., *Attentive Single-Tasking of Multiple Tasks*, CVPR 2019, equation 4.
public func deltaM(multitask: [MetricResult], baseline: [Double]) -> Double? {
  require(multitask.count == baseline.count, "\(multitask.count) results for \(baseline.count) baselines")
  return mean(zip(multitask, baseline).map { relativeGain($0, over: $1) })
}

/// As ``deltaM(multitask:baseline:)`` for tasks with several metrics: averaged within every task first.
///
/// - Source: Lin, Zhang, *LibMTL*, JMLR 2023.
public func deltaM(multitaskByTask: [[MetricResult]], baselineByTask: [[Double]]) -> Double? {
  require(multitaskByTask.count == baselineByTask.count, "tasks and baselines differ in number")
  return mean(zip(multitaskByTask, baselineByTask).map { deltaM(multitask: $0, baseline: $1) })
}

/// Zero of no values; nil if one is missing.
private func mean(_ values: [Double?]) -> Double? {
  let known = values.compactMap { $0 }
  guard known.count == values.count else { return nil }
  return known.reduce(0, +).over(known.count)
}

/// The gain of one metric as a fraction of the baseline; positive is better.
///
/// - Returns: nil if there is no such fraction: the baseline is 0, or a value is not finite.
public func relativeGain(_ result: MetricResult, over baseline: Double) -> Double? {
  let change = (result.value - baseline) / abs(baseline)
  guard change.isFinite else { return nil }
  return result.direction.sign * change
}
