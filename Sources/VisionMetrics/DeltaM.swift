import Support

/// Returns the mean relative gain of a multi-task network over single-task networks, as a fraction: 0.05 is 5 %.
///
///     Δm = (1/T) Σ ± (M − B) / B      minus where lower is better
///
/// - Parameters:
///   - multitask: the results of the multi-task network, one for each of T tasks.
///   - baseline: the values of the same metrics in the single-task networks, in the same order.
/// - Returns: the mean gain; nil if one of the gains is not defined, as ``relativeGain(_:over:)`` says.
/// - Source: Maninis et al., *Attentive Single-Tasking of Multiple Tasks*, CVPR 2019, equation 4.
public func deltaM(multitask: [MetricResult], baseline: [Double]) -> Double? {
  require(multitask.count == baseline.count, "\(multitask.count) results for \(baseline.count) baselines")
  return mean(zip(multitask, baseline).map { relativeGain($0, over: $1) })
}

/// Returns the mean relative gain for tasks with several metrics: gains are averaged within every task first, then over
/// tasks.
///
/// - Parameters:
///   - multitaskByTask: the results of the multi-task network, by task.
///   - baselineByTask: the values of the same metrics in the single-task networks, in the same order.
/// - Returns: the mean gain; nil if one of the gains is not defined, as ``relativeGain(_:over:)`` says.
/// - Source: Lin, Zhang, *LibMTL*, JMLR 2023.
public func deltaM(multitaskByTask: [[MetricResult]], baselineByTask: [[Double]]) -> Double? {
  require(multitaskByTask.count == baselineByTask.count, "tasks and baselines differ in number")
  return mean(zip(multitaskByTask, baselineByTask).map { deltaM(multitask: $0, baseline: $1) })
}

/// Returns the mean of some values, which is zero if there are no values; nil if one is missing.
private func mean(_ values: [Double?]) -> Double? {
  let known = values.compactMap { $0 }
  guard known.count == values.count else { return nil }
  return known.reduce(0, +).over(known.count)
}

/// Returns the gain in one metric as a fraction of the baseline; a positive gain is an improvement.
///
/// - Parameters:
///   - result: the result that is compared.
///   - baseline: the value of the same metric that it is compared with.
/// - Returns: the gain; nil if the baseline is 0, or a value is not finite.
public func relativeGain(_ result: MetricResult, over baseline: Double) -> Double? {
  let change = (result.value - baseline) / abs(baseline)
  guard change.isFinite else { return nil }
  return result.direction.sign * change
}
