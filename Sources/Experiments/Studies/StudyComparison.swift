import MultitaskLearning
import Support

/// What the candidates of a study say beside each other: a method at the level of features beside the same at that of
/// parameters, and results beside results.
///
/// - Source: *Robust Analysis of Multi-Task Learning Efficiency: New Benchmarks on Light-Weighed Backbones and Effective
///   Measurement of Multi-Task Learning Challenges by Feature Disentanglement*, tables 2 and 3.
struct StudyComparison: Sendable {
  /// A candidate at the level of features, and the one that differs from it in nothing but the level.
  struct LevelPair: Sendable {
    let features: StudyResults.Row
    let parameters: StudyResults.Row
  }

  /// How a result compares with that of the reference.
  enum Verdict: String, Sendable {
    case better
    case worse

    /// The mark in tables.
    var mark: String { self == .better ? "▲" : "▼" }
  }

  /// The candidates that there are at both levels.
  let levelPairs: [LevelPair]
  /// The candidates whose order counts: those that are finished, without the reference.
  let ranked: [StudyResults.Row]
  private let reference: StudyResults.Row?
  private let negligibleDifference: Double

  init(_ results: StudyResults) {
    let rows = results.candidates
    let configurations = results.study.candidates.map(\.configuration)
    levelPairs = rows.indices.compactMap { index in
      guard configurations[index].method.level == .features else { return nil }
      var other = configurations[index]
      other.method.level = .parameters
      return configurations.firstIndex(of: other).map { LevelPair(features: rows[index], parameters: rows[$0]) }
    }
    let reference = results.reference
    ranked = rows.filter { !$0.values.isEmpty && $0.label != reference?.label }
    self.reference = reference
    negligibleDifference = results.negligibleDifference
  }

  /// Whether a candidate's mean differs from the reference's by more than what is negligible, and by more than the pooled
  /// deviation of both over the seeds; nil if it does not, or fewer than two seeds say it.
  func verdict(_ row: StudyResults.Row, _ metric: StudyResults.Metric) -> Verdict? {
    guard let reference, reference.label != row.label, let own = row.statistic(metric),
      let other = reference.statistic(metric), let a = own.deviation, let b = other.deviation
    else { return nil }
    let gain = (own.mean - other.mean) * metric.direction.sign
    guard abs(gain) > negligibleDifference, abs(gain) > ((a * a + b * b) / 2).squareRoot() else { return nil }
    return gain > 0 ? .better : .worse
  }

  /// The change of a metric from the level of parameters to that of features in percent, seed by seed; nil if no seed has
  /// both, or one is 0.
  static func change(_ pair: LevelPair, _ metric: StudyResults.Metric) -> Statistic? {
    Statistic(
      pair.features.values.compactMap { seed, values -> Double? in
        guard let own = values[metric], let other = pair.parameters.values[seed]?[metric], other != 0 else {
          return nil
        }
        return 100 * (own - other) / abs(other)
      })
  }

  /// How well one result's order of the candidates is that of another: by their means over seeds.
  func similarity(_ a: StudyResults.Metric, _ b: StudyResults.Metric) -> Double? {
    similarity(of: b) { $0.statistic(a)?.mean }
  }

  /// How well numbers of the candidates order them as a result does.
  private func similarity(
    of metric: StudyResults.Metric, _ number: (StudyResults.Row) -> Double?
  ) -> Double? {
    let pairs = ranked.compactMap { row -> (Double, Double)? in
      guard let own = number(row), let result = row.statistic(metric) else { return nil }
      return (own, result.mean)
    }
    return rankingSimilarity(pairs.map(\.0), pairs.map(\.1))
  }

  /// How many looks at the end of a run say where a diagnostic has arrived.
  static let lookCount = 50

  /// The diagnostics that all candidates whose order counts have.
  var diagnostics: [String] {
    guard let first = ranked.first else { return [] }
    let names = ranked.reduce(Set(first.finalDiagnostics.keys)) { $0.intersection($1.finalDiagnostics.keys) }
    return names.sorted()
  }

  /// How well a diagnostic at the end of the runs orders the candidates as a result does.
  func similarity(diagnostic name: String, _ metric: StudyResults.Metric) -> Double? {
    similarity(of: metric) { $0.finalDiagnostics[name] }
  }

  /// What random orders of as many candidates give: the mean ranking similarity, and what one of twenty exceeds.
  var chance: (mean: Double, exceeded: Double) {
    var generator = SeededGenerator(seed: 0)
    let order = ranked.indices.map(Double.init)
    let draws = (0..<Self.drawCount).compactMap { _ in rankingSimilarity(order, order.shuffled(using: &generator)) }
      .sorted()
    guard let mean = draws.mean else { return (0.5, 0.5) }
    return (mean, draws[draws.count * 19 / 20])
  }

  private static let drawCount = 2000
}
