import Foundation
import Support

/// Difficult tasks count more: `w = −(1 − κ)^γ log κ`, κ being an average of a number from 0 to 1 that says how well
/// a task is done.
///
/// In the published form κ follows each task's key metric: ``observe(performance:)`` tells it. In the other form κ is
/// taken from the losses: `exp(−L / L⁰)`, with the task's first loss as `L⁰`.
///
/// - Source: Guo et al., *Dynamic Task Prioritization for Multitask Learning*, ECCV 2018, equations 2 and 3. The loss
///   as stand-in is ours.
public struct DynamicTaskPrioritization: LossWeighting {
  /// What says how well a task is done.
  public enum Performance: String, Sendable, CaseIterable {
    /// The task's loss, in every step.
    case loss
    /// The task's key metric, after every evaluation.
    case metric
  }

  /// How well the tasks were done so far.
  public struct State: Codable, Sendable {
    /// κ of each task, nil before anything was observed of it; empty before the first step.
    public internal(set) var averages: [Double?] = []
    var initialLosses = FirstLosses()
  }

  /// γ: how little easy tasks count.
  public let gamma: Double
  /// The weight of a new observation in the average.
  public let alpha: Double
  /// What says how well a task is done.
  public let performance: Performance
  /// What the method has learned.
  public var state = State()

  static let gammas = 0.0...10.0
  static let alphas = 1e-6...1.0

  /// κ stays this far from 0 and 1, where weights would be infinite or nothing.
  private static let margin = 1e-3

  /// - Parameters:
  ///   - gamma: how little easy tasks count, from 0 to 10.
  ///   - alpha: the weight of a new observation, above 0 and at most 1.
  ///   - performance: what says how well a task is done. With ``Performance/metric``, weights stay one until
  ///     ``observe(performance:)`` is called.
  public init(gamma: Double = 1, alpha: Double = 0.1, performance: Performance = .loss) {
    require(
      Self.gammas.contains(gamma), "DynamicTaskPrioritization: gamma is \(gamma), but has to be in \(Self.gammas)")
    require(
      Self.alphas.contains(alpha), "DynamicTaskPrioritization: alpha is \(alpha), but has to be in \(Self.alphas)")
    self.gamma = gamma
    self.alpha = alpha
    self.performance = performance
  }

  /// The weights do not depend on the losses of the step.
  public var weighsByLosses: Bool { false }
  /// Whether the key metrics are wanted.
  public var observesPerformance: Bool { performance == .metric }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    let known = state.averages.compactMap { $0 }
    return [0, taskCount].contains(state.averages.count) && known.allSatisfy { $0 > 0 && $0 < 1 }
      && state.initialLosses.fits(taskCount: taskCount)
  }

  /// Tasks of which nothing was observed yet weigh one.
  public func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] {
    guard !state.averages.isEmpty else { return losses.map { _ in 1 } }
    return state.averages.map { average in average.map { -pow(1 - $0, gamma) * log($0) } ?? 1 }
  }

  /// - Parameter performance: each task's key metric, from 0 (bad) to 1.
  public mutating func observe(performance: [Double]) {
    require(
      performance.allSatisfy(\.isFinite) && [0, performance.count].contains(state.averages.count),
      "DynamicTaskPrioritization: the performance \(performance) has to be a finite number for each task")
    average(performance)
  }

  /// Learns from the losses of a step.
  public mutating func update(losses: [Double?]) {
    guard performance == .loss else { return }
    state.initialLosses.note(losses)
    average(
      zip(losses, state.initialLosses.values).map { loss, first in
        loss.flatMap { loss in first.map { exp(-loss / $0) } }
      })
  }

  private mutating func average(_ observed: [Double?]) {
    if state.averages.isEmpty { state.averages = observed.map { _ in nil } }
    for (task, value) in observed.enumerated() {
      guard let value else { continue }
      let kept = min(max(value, Self.margin), 1 - Self.margin)
      state.averages[task] = state.averages[task].map { (1 - alpha) * $0 + alpha * kept } ?? kept
    }
  }
}

extension DynamicTaskPrioritization {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "dtp", summary: "Tasks that are done badly count more.",
    paper: "Guo et al., Dynamic Task Prioritization for Multitask Learning, ECCV 2018",
    parameters: [
      MethodParameter("gamma", .real(gammas), default: .number(1), "how little easy tasks count"),
      MethodParameter("alpha", .real(alphas), default: .number(0.1), "weight of a new observation in the average"),
      MethodParameter(
        "performance", .choice(Performance.allCases.map(\.rawValue)), default: .text("loss"),
        "what says how well a task is done: its loss in every step, or, as published, its metric after every evaluation"
      ),
    ]
  ) { settings in
    DynamicTaskPrioritization(
      gamma: settings.number("gamma"), alpha: settings.number("alpha"), performance: settings.choice("performance"))
  }
}
