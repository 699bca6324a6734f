import Foundation
import MultitaskLearning
import Support

/// What the gradients of the plain sum say about the methods to try: which tasks conflict, which dominate, and which
/// aggregators would have served all tasks best in the steps that were looked at.
///
/// The order of methods is that of the mean cosine of their direction with the tasks' gradients. It is a forecast from steps
/// that were made otherwise, and knows nothing of what makes networks generalize: trying is what tells.
public struct MethodAdvice: Codable, Sendable {
  /// Two tasks and how their gradients point.
  public struct Pair: Codable, Sendable {
    /// The names of the tasks.
    public let tasks: [String]
    /// The mean cosine of their gradients.
    public let cosine: Double
    /// The fraction of looks in which it was below zero.
    public let conflictFraction: Double
  }

  /// A task and the length of its gradient.
  public struct Dominance: Codable, Sendable {
    /// The name of the task.
    public let task: String
    /// The geometric mean of its gradient's norm, divided by that of all tasks.
    public let relativeNorm: Double
    /// The mean cosine of the plain sum with its gradient: how far the sum serves it.
    public let cosineWithSum: Double
  }

  /// A method and what is to be expected of it.
  public struct Method: Codable, Sendable {
    /// The method's name.
    public let name: String
    /// The mean cosine of its direction with the tasks' gradients; nil if it cannot be told from inner products.
    public let meanCosine: Double?
    /// The mean of the smallest cosine; nil where ``meanCosine`` is.
    public let smallestCosine: Double?
    /// In what fraction of redrawn looks the method is among the first choices; nil where ``meanCosine`` is.
    public let certainty: Double?
    /// The median seconds of a step; nil if they were not measured.
    public let secondsPerStep: Double?
  }

  /// The number of looks.
  public let lookCount: Int
  /// The pairs of tasks, those that conflict most first.
  public let pairs: [Pair]
  /// The tasks, the one with the longest gradient first.
  public let tasks: [Dominance]
  /// The methods that fit the configuration, the first choice first; those that cannot be told come last.
  public let methods: [Method]

  /// How many methods to try first.
  static let choiceCount = 3
  private static let drawCount = 500

  /// The names of the methods to try first.
  public var firstChoices: [String] {
    methods.filter { $0.meanCosine != nil && $0.name != Self.plainSum }.prefix(Self.choiceCount).map(\.name)
  }

  static let plainSum = "sum"

  /// Judges methods by observations.
  ///
  /// - Parameters:
  ///   - observations: the looks at the gradients, at least one.
  ///   - names: the names of the tasks.
  ///   - aggregators: the aggregators that fit, in their initial states, by their names.
  ///   - seconds: the seconds of a step, by the method's name.
  ///   - others: the names of methods that cannot be judged by gradients, such as weightings.
  public init(
    _ observations: [GradientObservation], tasks names: [String],
    aggregators: [(name: String, aggregator: any GradientAggregator)], seconds: [String: Double] = [:],
    others: [String] = []
  ) {
    require(!observations.isEmpty, "advice needs a look at the gradients")
    lookCount = observations.count
    let gramians = observations.map(\.gramian)
    pairs = names.indices.pairs.map { i, j in
      let cosines = observations.map { $0.cosines[i][j] }
      return Pair(
        tasks: [names[j], names[i]], cosine: cosines.mean ?? 0,
        conflictFraction: Double(cosines.count { $0 < 0 }) / Double(cosines.count))
    }.sorted { ($1.conflictFraction, $0.cosine) < ($0.conflictFraction, $1.cosine) }
    tasks = Self.dominance(gramians, names).sorted { $0.relativeNorm > $1.relativeNorm }
    let forecasts = aggregators.compactMap { name, aggregator in
      MethodForecast(of: aggregator, observations).map { (name: name, forecast: $0) }
    }
    let certainties = Self.certainties(forecasts.filter { $0.name != Self.plainSum })
    let known = forecasts.map { name, forecast in
      Method(
        name: name, meanCosine: forecast.means.mean, smallestCosine: forecast.smallest.mean,
        certainty: certainties[name], secondsPerStep: seconds[name])
    }.sorted { $0.meanCosine! > $1.meanCosine! }
    let unknown = (aggregators.map(\.name) + others).filter { name in !known.contains { $0.name == name } }
    methods =
      known
      + unknown.map {
        Method(name: $0, meanCosine: nil, smallestCosine: nil, certainty: nil, secondsPerStep: seconds[$0])
      }
  }

  private static func dominance(_ gramians: [Gramian], _ names: [String]) -> [Dominance] {
    let logarithms = names.indices.map { task in
      gramians.map { log(max($0.norm(task), .leastNormalMagnitude)) }.mean ?? 0
    }
    let common = logarithms.mean ?? 0
    let sum = Vector(ones: names.count)
    let cosines = gramians.map { MethodForecast.cosines(of: sum, $0) ?? names.map { _ in 0 } }
    return names.indices.map { task in
      Dominance(
        task: names[task], relativeNorm: exp(logarithms[task] - common),
        cosineWithSum: cosines.map { $0[task] }.mean ?? 0)
    }
  }

  /// How often each method is among the first choices when looks are drawn anew, with replacement.
  private static func certainties(_ forecasts: [(name: String, forecast: MethodForecast)]) -> [String: Double] {
    var generator = SeededGenerator(seed: 1)
    var counts: [String: Int] = [:]
    let length = forecasts.map(\.forecast.means.count).min() ?? 0
    guard length > 0 else { return [:] }
    for _ in 0..<drawCount {
      let drawn = (0..<length).map { _ in Int.random(in: 0..<length, using: &generator) }
      let scores = forecasts.map { name, forecast in (name, drawn.reduce(0) { $0 + forecast.means[$1] }) }
      for (name, _) in scores.sorted(by: { $0.1 > $1.1 }).prefix(choiceCount) { counts[name, default: 0] += 1 }
    }
    return counts.mapValues { Double($0) / Double(drawCount) }
  }
}
