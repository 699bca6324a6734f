import Foundation
import Support

/// Smooths the weights that another aggregator chooses: `λ_t = α λ_(t−1) + (1 − α) λ̂_t`, with that aggregator's `λ̂`.
///
/// - Source: Zhou et al., *On the Convergence of Stochastic Multi-Objective Gradient Manipulation and Beyond* (CR-MOGM),
///   NeurIPS 2022, algorithm 1. There, α may grow as the learning rate falls: ``alpha`` can be set before each step.
public struct WeightSmoothing: GramianAggregator {
  /// Where a task's weight begins.
  public enum Start: String, Sendable, CaseIterable {
    /// At the first weight that the other aggregator chooses.
    case first
    /// At the same weight for all tasks, 1/K.
    case uniform
  }

  /// The last weights, and the state of the other aggregator.
  public struct State: Codable, Sendable {
    /// λ of each task; nil for a task that had no gradient so far, empty before the first step.
    var weights: [Double?] = []
    var inner: Data
    var taskCount: Int
  }

  /// The aggregator whose weights are smoothed.
  public private(set) var inner: any GradientAggregator
  /// How slowly the weights follow, α, from 0 to 1.
  public var alpha: Double {
    didSet { Self.check(alpha) }
  }
  /// Where a task's weight begins.
  public let start: Start
  private var last: [Double?] = []

  static let alphas = 0.0...1.0

  /// - Parameters:
  ///   - inner: an aggregator that chooses weights of whole gradients: its need is at most ``GradientNeed/gramian``.
  ///   - alpha: how slowly the weights follow, from 0 to 1.
  ///   - start: where a task's weight begins.
  public init(of inner: any GradientAggregator, alpha: Double = 0.9, start: Start = .first) {
    require(
      inner.need <= .gramian,
      "WeightSmoothing: \(type(of: inner)) needs \(inner.need.phrase), and chooses no weights of whole gradients")
    Self.check(alpha)
    self.inner = inner
    self.alpha = alpha
    self.start = start
  }

  private static func check(_ alpha: Double) {
    require(alphas.contains(alpha), "WeightSmoothing: alpha is \(alpha), but has to be in \(alphas)")
  }

  /// As of the aggregator whose weights are smoothed.
  public var needsLosses: Bool { inner.needsLosses }
  /// The last weights are those of all tasks.
  public var remembersGradients: Bool { true }

  /// What the method has learned.
  public var state: State {
    get { State(weights: last, inner: (try? inner.encodedState()) ?? Data(), taskCount: last.count) }
    set {
      last = newValue.weights
      // A state that does not fit is not accepted in the first place.
      try? inner.restoreState(newValue.inner, taskCount: newValue.taskCount)
    }
  }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    var other = inner
    return [0, taskCount].contains(state.weights.count) && state.taskCount == state.weights.count
      && state.weights.compactMap { $0 }.areModerate
      && (try? other.restoreState(state.inner, taskCount: state.taskCount)) != nil
  }

  /// As of the aggregator whose weights are smoothed.
  public var lossScale: LossScale { inner.lossScale }

  /// The weights of the rows, from their inner products.
  ///
  /// - Throws: as the aggregator whose weights are smoothed.
  public mutating func weights(for gramian: Gramian, _ context: inout AggregationContext) throws -> Vector {
    let chosen = try inner.weights(forInnerProducts: gramian, &context)
    if last.count != context.taskCount { last = [Double?](repeating: nil, count: context.taskCount) }
    return Vector(
      zip(context.tasks, chosen).map { task, weight in
        let before = last[task] ?? (start == .first ? weight : 1 / Double(gramian.taskCount))
        let smoothed = alpha * before + (1 - alpha) * weight
        last[task] = smoothed
        return smoothed
      })
  }

  /// As of the aggregator whose weights are smoothed, if they begin with its first ones.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength {
    let length = inner.directionLength(of: tasks, among: taskCount)
    return start == .first || length == .multiple(1) ? length : .open
  }
}

extension WeightSmoothing {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "smoothing", summary: "Smooths the weights that another aggregator chooses, over the steps.",
    paper:
      "Zhou et al., On the Convergence of Stochastic Multi-Objective Gradient Manipulation and Beyond, NeurIPS 2022",
    parameters: [
      MethodParameter(
        "of", .method(.aggregator), default: .text("mgda"),
        "the aggregator whose weights are smoothed, with its defaults"),
      MethodParameter("alpha", .real(alphas), default: .number(0.9), "how slowly the weights follow"),
      MethodParameter(
        "initial", .choice(Start.allCases.map(\.rawValue)), default: .text("first"),
        "where weights begin: at the first ones that are chosen, or at 1/K"),
    ]
  ) { settings in
    let name = settings.optionalMethodName("of") ?? "mgda"
    guard name != "smoothing" else { throw MethodError("smoothing of smoothing: 'of' has to name another aggregator") }
    let inner = try MethodRegistry.aggregator(name).make(tasks: settings.tasks, totalSteps: settings.totalSteps)
    guard inner.need <= .gramian else {
      throw MethodError(
        "smoothing of \(name): it needs \(inner.need.phrase), and chooses no weights of whole gradients")
    }
    return WeightSmoothing(of: inner, alpha: settings.number("alpha"), start: settings.choice("initial"))
  }
}
