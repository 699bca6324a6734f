import Foundation
import MultitaskLearning
import Support
import Torch
import VisionMetrics

/// The results of a study's finished runs.
public struct StudyResults: Sendable {
  /// A metric of a task.
  public struct Metric: Sendable, Hashable {
    /// The name of the task.
    public let task: String
    /// The name of the metric, which several tasks may have in common.
    public let name: String
    /// Whether higher or lower values are better.
    public let direction: MetricResult.Direction
    /// Whether the task is judged by this metric.
    public let isPrimary: Bool
  }

  /// A candidate's runs, or all single-task networks together.
  public struct Row: Sendable {
    /// The name of the row in tables and plots.
    public let label: String
    /// Whether these are the single-task networks.
    public let isBaseline: Bool
    /// For each seed that is finished, the value of each metric.
    public internal(set) var values: [UInt64: [Metric: Double]]
    /// The costs of the finished runs; empty for the single-task networks.
    public internal(set) var summaries: [RunSummary]
    /// For each finished seed, the parameters of the network at the end, of all single-task networks together; without
    /// seeds of which that is not known.
    public internal(set) var parameterCounts: [UInt64: Int] = [:]
    /// For each finished seed, the floating-point operations of all tasks' predictions for one image.
    public internal(set) var flops: [UInt64: Int] = [:]
    /// For each seed, the means of the diagnostics over the run.
    public internal(set) var diagnostics: [UInt64: [String: Double]] = [:]

    /// For each seed that is finished, the numbers of each look at the gradients by their names, by step.
    var looks: [UInt64: [Int: [String: Double]]] = [:]

    /// The mean of each diagnostic over the last looks of a run, averaged over the seeds.
    var finalDiagnostics: [String: Double] {
      var values: [String: [Double]] = [:]
      for looks in looks.values {
        let last = looks.sorted { $0.key < $1.key }.suffix(StudyComparison.lookCount).map(\.value)
        for name in Set(last.flatMap(\.keys)) {
          values[name, default: []].append(last.compactMap { $0[name] }.mean ?? 0)
        }
      }
      return values.compactMapValues(\.mean)
    }

    /// Returns the mean and deviation of a metric over the finished seeds; nil if no seed has it.
    public func statistic(_ metric: Metric) -> Statistic? { Statistic(values.values.compactMap { $0[metric] }) }
    /// The seconds per step, over the finished runs; nil if there are none.
    public var secondsPerStep: Statistic? { Statistic(summaries.map(\.secondsPerStep)) }
    /// The millions of parameters, over the finished seeds; nil if that is not known.
    public var megaparameters: Statistic? { Statistic(parameterCounts.values.map { Double($0) / 1e6 }) }
    /// The FLOPs of one image in 10⁹, over the finished seeds; nil if that is not known.
    public var gigaflops: Statistic? { Statistic(flops.values.map { Double($0) / 1e9 }) }
    /// The peak memory in megabytes (10⁶ bytes), over the finished runs; nil if there are none.
    public var peakMegabytes: Statistic? { Statistic(summaries.map { Double($0.peakBytes) / 1e6 }) }
  }

  /// The ``deltaM(_:)`` of a row, 0 for the reference itself; nil if there is no reference.
  func gain(_ row: Row) -> Statistic? {
    row.label == reference?.label ? Statistic(mean: 0, deviation: nil) : deltaM(row)
  }

  /// The rows of which no other has at least the same ``deltaM(_:)`` for fewer FLOPs, or a larger one for as many, by
  /// their means over seeds; those with the fewest FLOPs first.
  public var paretoFront: [Row] {
    let points = rows.compactMap { row -> (row: Row, flops: Double, gain: Double)? in
      guard let flops = row.gigaflops?.mean, let gain = gain(row)?.mean else { return nil }
      return (row, flops, gain)
    }
    return points.filter { point in
      !points.contains {
        $0.flops <= point.flops && $0.gain >= point.gain && ($0.flops < point.flops || $0.gain > point.gain)
      }
    }
    .sorted { $0.flops < $1.flops }.map(\.row)
  }

  static let baselineLabel = "single task"

  /// The metrics of all tasks, in the order of the tasks; empty until a candidate's run is finished.
  public let metrics: [Metric]
  /// The number of seeds of the study, finished or not.
  public let seedCount: Int
  let study: Study
  /// The metrics by which methods are compared: the first of each task, unless the workload says otherwise.
  let comparedMetrics: [Metric]
  /// The difference of two results that counts as none, whatever their deviations.
  let negligibleDifference: Double
  /// The single-task networks first, where there are any; then the candidates in the study's order.
  public let rows: [Row]

  /// The rows of the candidates, without the single-task networks.
  public var candidates: [Row] { rows.filter { !$0.isBaseline } }
  /// The row of the single-task networks; nil if the study has none.
  public var baseline: Row? { rows.first { $0.isBaseline } }
  /// The row that gains are measured against: the study's reference, or the single-task networks; nil if there is neither.
  public var reference: Row? { candidates.first { $0.label == study.reference } ?? baseline }
  /// The metrics by which the tasks are judged, one for each task.
  public var primaryMetrics: [Metric] { metrics.filter(\.isPrimary) }

  /// Reads what is finished; a run that is not is left out.
  ///
  /// - Throws: `FileError` for a finished run that is damaged.
  public init(_ study: Study, folder: StudyFolder) throws {
    var rows: [Row] = []
    var metrics: [Metric] = []
    if study.hasBaselines {
      var row = Row(label: Self.baselineLabel, isBaseline: true, values: [:], summaries: [])
      for seed in study.seeds {
        let results = try study.configuration.data.tasks.compactMap { task in
          try Self.result(study.singleTaskRun(task, seed: seed), folder)
        }
        for result in results { row.values[seed, default: [:]].merge(result.values) { $1 } }
        if results.count == study.configuration.data.tasks.count { row.count(results.map(\.summary), of: seed) }
      }
      rows.append(row)
    }
    for candidate in study.candidates {
      var row = Row(label: candidate.label, isBaseline: false, values: [:], summaries: [])
      for seed in study.seeds {
        guard let result = try Self.result(study.run(candidate, seed: seed), folder) else { continue }
        row.values[seed] = result.values
        row.looks[seed] = result.looks
        row.diagnostics[seed] = Self.means(result.looks)
        row.summaries.append(result.summary)
        row.count([result.summary], of: seed)
        if metrics.isEmpty { metrics = result.metrics }
      }
      rows.append(row)
    }
    self.rows = rows
    self.study = study
    seedCount = study.seeds.count
    self.metrics = metrics
    let factory = try WorkloadRegistry.factory(of: study.configuration)
    negligibleDifference = factory.negligibleDifference
    comparedMetrics = metrics.filter { metric in
      factory.comparedMetrics(of: metric.task)?.contains(metric.name) ?? metric.isPrimary
    }
  }

  typealias Result = (
    metrics: [Metric], values: [Metric: Double], summary: RunSummary, looks: [Int: [String: Double]]
  )

  /// What a finished run says; nil if it is not finished.
  ///
  /// - Throws: `FileError` where it is damaged.
  static func result(_ run: StudyRun, _ folder: StudyFolder) throws -> Result? {
    let runFolder = folder.run(run)
    guard folder.isFinished(run) else { return nil }
    let summary = try RunSummary.load(runFolder)
    let records: [LogRecord]
    do { records = try MetricsLog.read(runFolder) } catch { throw unreadable(runFolder, "\(error)") }
    guard let last = records.evaluations.last, last.step == summary.steps else {
      throw unreadable(runFolder, "metrics.jsonl does not hold the evaluation after step \(summary.steps)")
    }
    guard try last.evaluation.tasks.map(\.task) == TaskNames(of: runFolder, run.configuration).evaluated else {
      throw unreadable(runFolder, "metrics.jsonl holds an evaluation of other tasks than the run's")
    }
    let pairs = last.evaluation.tasks.flatMap { task in
      task.metrics.enumerated().map { index, result in
        (
          Metric(task: task.task, name: result.name, direction: result.direction, isPrimary: index == 0), result.value
        )
      }
    }
    return (pairs.map(\.0), Dictionary(pairs) { $1 }, summary, looks(records.steps))
  }

  private static func unreadable(_ run: RunFolder, _ reason: String) -> FileError {
    FileError(
      run.url, "is finished, but cannot be read (\(reason)): without this folder, the same command trains it again")
  }

  private static func looks(_ steps: [StepRecord]) -> [Int: [String: Double]] {
    steps.reduce(into: [:]) { looks, step in
      guard let record = step.diagnostics else { return }
      for (name, value) in record.measures { looks[step.step, default: [:]][name] = value }
    }
  }

  private static func means(_ looks: [Int: [String: Double]]) -> [String: Double] {
    var values: [String: [Double]] = [:]
    for (_, look) in looks.sorted(by: { $0.key < $1.key }) {
      for (name, value) in look { values[name, default: []].append(value) }
    }
    return values.compactMapValues(\.mean)
  }

  // MARK: Comparison

  /// Δm in the tasks' primary metrics, seed by seed against the ``reference`` with the same seed, in percent; nil for the
  /// reference itself, and if there is none.
  public func deltaM(_ row: Row) -> Statistic? {
    guard let baseline = reference, row.label != baseline.label else { return nil }
    return Statistic(
      row.values.compactMap { seed, values -> Double? in
        guard let reference = baseline.values[seed] else { return nil }
        let pairs = primaryMetrics.compactMap { metric -> (result: MetricResult, baseline: Double)? in
          guard let value = values[metric], let other = reference[metric] else { return nil }
          return (MetricResult(metric.name, value, metric.direction), other)
        }
        guard pairs.count == primaryMetrics.count, !pairs.isEmpty else { return nil }
        return VisionMetrics.deltaM(multitask: pairs.map(\.result), baseline: pairs.map(\.baseline)).map { $0 * 100 }
      })
  }

  /// The mean of a candidate's ranks (1 is best) among the candidates over all metrics, seed by seed: of the seeds that all
  /// candidates have finished.
  public func meanRank(_ row: Row) -> Statistic? {
    Statistic(
      row.values.compactMap { seed, values -> Double? in
        guard candidates.allSatisfy({ $0.values[seed] != nil }) else { return nil }
        let ranks = metrics.compactMap { metric -> Double? in
          guard let own = values[metric] else { return nil }
          let others = candidates.compactMap { $0.values[seed]?[metric] }
          return Self.rank(own, among: others, metric.direction)
        }
        return ranks.mean
      })
  }

  /// Equal values share the mean of their ranks.
  private static func rank(_ value: Double, among values: [Double], _ direction: MetricResult.Direction) -> Double {
    let better = values.count { direction == .higherIsBetter ? $0 > value : $0 < value }
    let equal = values.count { $0 == value }
    return Double(better) + Double(max(1, equal) + 1) / 2
  }

  /// How well each diagnostic's mean over a run orders the runs by a result: of all candidates and seeds.
  public func rankingSimilarities() -> [(diagnostic: String, similarities: [(result: String, value: Double?)])] {
    let runs = candidates.flatMap { row in
      row.values.keys.sorted().map { seed in (row.diagnostics[seed] ?? [:], row.values[seed]!, seed) }
    }
    let names = Set(runs.flatMap { $0.0.keys }).sorted()
    return names.map { name in
      let similarities = primaryMetrics.map { metric in
        let known = runs.filter { $0.0[name] != nil && $0.1[metric] != nil }
        return (
          "\(metric.task) \(metric.name)",
          rankingSimilarity(known.map { $0.0[name]! }, known.map { $0.1[metric]! })
        )
      }
      return (name, similarities)
    }
  }
}

extension StudyResults.Row {
  /// Takes the sizes of the networks that together do all tasks, if all of them are known.
  fileprivate mutating func count(_ summaries: [RunSummary], of seed: UInt64) {
    let (parameters, flops) = (summaries.compactMap(\.parameterCount), summaries.compactMap(\.flops))
    if parameters.count == summaries.count { parameterCounts[seed] = parameters.reduce(0, +) }
    if flops.count == summaries.count { self.flops[seed] = flops.reduce(0, +) }
  }
}
