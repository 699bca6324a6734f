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

  /// The candidates that there are at both levels.
  let levelPairs: [LevelPair]
  /// The candidates whose order counts: those that are finished, without the reference.
  let ranked: [StudyResults.Row]
  private let metrics: [StudyResults.Metric]

  init(_ results: StudyResults) {
    let rows = results.candidates
    let configurations = results.study.candidates.map(\.configuration)
    levelPairs = rows.indices.compactMap { index in
      guard configurations[index].method.level == .features else { return nil }
      var other = configurations[index]
      other.method.level = .parameters
      return configurations.firstIndex(of: other).map { LevelPair(features: rows[index], parameters: rows[$0]) }
    }
    let reference = results.reference?.label
    ranked = rows.filter { !$0.values.isEmpty && $0.label != reference }
    metrics = results.primaryMetrics
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
    let pairs = ranked.compactMap { row -> (Double, Double)? in
      guard let first = row.statistic(a), let second = row.statistic(b) else { return nil }
      return (first.mean, second.mean)
    }
    return rankingSimilarity(pairs.map(\.0), pairs.map(\.1))
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
