import MultitaskLearning

extension LogRecord {
  /// What in a record does not fit the rest of it, as the end of a sentence; nil where everything fits. Reports rely on
  /// it.
  var contradiction: String? {
    guard step >= 0 else { return "is of step \(step), but steps are counted from 0" }
    switch self {
    case .step(let record): return record.contradiction
    case .evaluation: return nil
    case .adaptation(let record):
      switch record.report {
      case .tokens(let report): return report.contradiction
      }
    }
  }

  /// Whether matrices and lists have a place for each of these tasks, and tasks that are named are among them.
  func canBe(of names: TaskNames) -> Bool {
    let tasks = names.losses
    switch self {
    case .step(let record):
      return record.taskCounts.allSatisfy { $0 == tasks.count }
        && record.losses.keys.allSatisfy(tasks.contains) && record.weights.keys.allSatisfy(tasks.contains)
        && (record.auxiliaryLosses ?? [:]).keys.allSatisfy { name in tasks.contains { name.hasPrefix($0 + "/") } }
    case .evaluation(let record): return record.evaluation.tasks.map(\.task) == names.evaluated
    case .adaptation(let record):
      switch record.report {
      case .tokens(let report): return report.analysis.tasks == tasks
      }
    }
  }
}

extension StepRecord {
  /// For how many tasks the matrices and lists have a place.
  fileprivate var taskCounts: [Int] {
    let shares = channelShares.map { $0.values.map(\.count) } ?? []
    let fractions = gates.map { [$0.softFractions] + $0.ownFractions.values + $0.mixFractions.values } ?? []
    return [diagnostics?.gradientNorms.count, affinity?.count].compactMap { $0 } + shares + fractions.map(\.count)
  }

  fileprivate var contradiction: String? {
    if let diagnostics, !diagnostics.cosines.isSquare(of: diagnostics.gradientNorms.count) {
      return "has cosines that are not a number for each pair of its \(diagnostics.gradientNorms.count) tasks"
    }
    if let affinity, !affinity.isSquare(of: affinity.count) {
      return "has an affinity that is no square matrix"
    }
    return nil
  }
}

extension TokenAdaptationReport {
  /// More samples than any data set has, few enough to be multiplied by pairs of tasks.
  private static let largestSampleCount = 1 << 40
  private static let largestTaskCount = 1 << 10

  fileprivate var contradiction: String? {
    let (samples, tasks) = (analysis.sampleCount, analysis.tasks.count)
    guard tasks <= Self.largestTaskCount, (0...Self.largestSampleCount).contains(samples) else {
      return "has an analysis of \(samples) samples and \(tasks) tasks"
    }
    guard parameterCountBefore > 0, parameterCountAfter >= 0 else {
      return "has a network of \(parameterCountBefore) parameters that became \(parameterCountAfter)"
    }
    let matrices = analysis.layers.flatMap { [$0.rangeConflicts, $0.nullConflicts] }
    guard matrices.allSatisfy({ $0.isSquare(of: tasks) && $0.joined().allSatisfy((0...samples).contains) }) else {
      return "has conflicts that are not a number from 0 to \(samples) for each pair of its \(tasks) tasks"
    }
    return nil
  }
}

extension Array {
  fileprivate func isSquare<Number>(of size: Int) -> Bool where Element == [Number] {
    count == size && allSatisfy { $0.count == size }
  }
}
