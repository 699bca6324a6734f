import Foundation
import Torch

/// Difficult tasks count more: `w = −(1 − κ)^γ log κ`, κ being an average of a number from 0 to 1 that says how well
/// a task is done.
///
/// Call ``observe(performance:)`` with each task's key metric. Where nobody does, as in `polymath train`, κ is taken
/// from the losses: `exp(−L / L⁰)`, with the first step's loss as `L⁰`.
///
/// - Source: Guo et al., *Dynamic Task Prioritization for Multitask Learning*, ECCV 2018, equations 2 and 3. The loss
///   as stand-in is ours.
public struct DynamicTaskPrioritization: LossWeighting {
  public struct State: Codable, Sendable {
    /// κ; empty before anything was observed.
    public internal(set) var averages: [Double] = []
    var initialLosses: [Double] = []
    var hasMetrics = false
  }

  /// γ: how little easy tasks count.
  public var gamma: Double
  /// The share of a new observation in the average.
  public var alpha: Double
  public var state = State()

  /// κ stays this far from 0 and 1, where weights would be infinite or nothing.
  private static let margin = 1e-3

  public init(gamma: Double = 1, alpha: Double = 0.1) {
    self.gamma = gamma
    self.alpha = alpha
  }

  public var weighsByLosses: Bool { false }

  public func weights(for losses: [Double], using generator: inout SeededGenerator) -> [Double] {
    state.averages.isEmpty ? losses.map { _ in 1 } : state.averages.map { -pow(1 - $0, gamma) * log($0) }
  }

  /// - Parameter performance: each task's key metric, from 0 (bad) to 1.
  public mutating func observe(performance: [Double]) {
    state.hasMetrics = true
    average(performance)
  }

  public mutating func update(losses: [Double]) {
    guard !state.hasMetrics else { return }
    if state.initialLosses.isEmpty { state.initialLosses = losses }
    average(zip(losses, state.initialLosses).map { exp(-$0 / max($1, .leastNormalMagnitude)) })
  }

  private mutating func average(_ observed: [Double]) {
    let observed = observed.map { min(max($0, Self.margin), 1 - Self.margin) }
    guard !state.averages.isEmpty else {
      state.averages = observed
      return
    }
    state.averages = zip(state.averages, observed).map { (1 - alpha) * $0 + alpha * $1 }
  }
}

extension DynamicTaskPrioritization {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "dtp", summary: "Tasks that are done badly count more.",
    paper: "Guo et al., Dynamic Task Prioritization for Multitask Learning, ECCV 2018",
    parameters: [
      MethodParameter("gamma", .real(0...10), default: .number(1), "how little easy tasks count"),
      MethodParameter("alpha", .real(1e-6...1), default: .number(0.1), "share of a new observation in the average"),
    ]
  ) { settings in DynamicTaskPrioritization(gamma: settings.number("gamma"), alpha: settings.number("alpha")) }
}
