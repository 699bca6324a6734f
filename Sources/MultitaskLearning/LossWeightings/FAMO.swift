import Foundation
import Torch

/// Decreases all losses at about the same relative rate, by looking at what each update did to them.
///
/// With `z = softmax(w)` the loss weights are `z / (L c)`, where `c = Σ z / L`. After the update, with the losses of
/// the same batch, `δ = log L_before − log L_after` drives w down its gradient `z (δ − zᵀδ)`. Looking costs one more
/// forward pass.
///
/// - Source: Liu et al., *FAMO: Fast Adaptive Multitask Optimization*, NeurIPS 2023, algorithm 1.
public struct FAMO: LossWeighting, LearnsFromUpdates {
  public struct State: Codable, Sendable {
    var logits: [Double]
    var optimizer: ScalarOptimizer
  }

  /// Pull of the logits towards zero.
  public var decay: Double
  /// What each loss cannot fall below.
  public let minimumLosses: [Double]
  public var state: State

  /// Losses are kept above zero by this much.
  private static let epsilon = 1e-8

  public init(minimumLosses: [Double], learningRate: Double = 0.025, decay: Double = 1e-3) {
    self.decay = decay
    self.minimumLosses = minimumLosses
    let taskCount = minimumLosses.count
    state = State(
      logits: [Double](repeating: 0, count: taskCount), optimizer: ScalarOptimizer(.adam, learningRate: learningRate))
  }

  public func weights(for losses: [Double], using generator: inout SeededGenerator) throws -> [Double] {
    if let wrong = losses.firstIndex(where: { $0 <= 0 }) {
      throw MethodError("famo needs positive losses, but that of task \(wrong) (from 0) is \(losses[wrong])")
    }
    let shares = zip(softmax(state.logits), distances(losses)).map { $0 / $1 }
    let sum = shares.reduce(0, +)
    return shares.map { $0 / sum }
  }

  private func distances(_ losses: [Double]) -> [Double] {
    zip(losses, minimumLosses).map { max(0, $0 - $1) + Self.epsilon }
  }

  public mutating func update(before: [Double], after: [Double]) {
    let progress = zip(distances(before), distances(after)).map { log($0) - log($1) }
    let z = softmax(state.logits)
    let mean = zip(z, progress).reduce(0) { $0 + $1.0 * $1.1 }
    let gradient = zip(z, zip(progress, state.logits)).map { $0 * ($1.0 - mean) + decay * $1.1 }
    state.optimizer.update(&state.logits, gradient: gradient)
  }
}

extension FAMO {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "famo", summary: "Decreases all losses at the same relative rate; one more forward pass a step.",
    paper: "Liu et al., FAMO: Fast Adaptive Multitask Optimization, NeurIPS 2023",
    parameters: [
      MethodParameter("learningRate", .real(0...10), default: .number(0.025), "of the logits"),
      MethodParameter(
        "minimum", .taskNumbers(0...1e30), default: nil, "what losses cannot fall below; 0 when left out"),
      MethodParameter("decay", .real(0...1), default: .number(1e-3), "pull of the logits towards zero"),
    ]
  ) { settings in
    let minimum = settings.taskNumbers("minimum") ?? [:]
    return FAMO(
      minimumLosses: settings.tasks.map { minimum[$0] ?? 0 }, learningRate: settings.number("learningRate"),
      decay: settings.number("decay"))
  }
}
