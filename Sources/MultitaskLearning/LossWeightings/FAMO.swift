import Foundation
import Support

/// Decreases all losses at about the same relative rate, by looking at what each update did to them.
///
/// With `z = softmax(w)` the loss weights are `z / (L c)`, where `c = Σ z / L`. After the update, with the losses of
/// the same batch, `δ = log L_before − log L_after` drives w down its gradient `z (δ − zᵀδ)`. Looking costs one more
/// forward pass.
///
/// - Source: Liu et al., *FAMO: Fast Adaptive Multitask Optimization*, NeurIPS 2023, algorithm 1.
public struct FAMO: LossWeighting {
  /// The logits of the weights, and their optimizer.
  public struct State: Codable, Sendable {
    var logits: [Double]
    var optimizer: ScalarOptimizer
  }

  /// How strongly the logits are pulled towards zero.
  public let decay: Double
  /// What each loss cannot fall below.
  public let minimumLosses: [Double]
  /// What the method has learned.
  public var state: State

  static let decays = 0.0...1.0
  static let minimums = 0.0...1e30

  /// Losses are kept above zero by this much.
  private static let epsilon = 1e-8

  /// - Parameters:
  ///   - minimumLosses: one for each task, at least 0.
  ///   - learningRate: of the logits, from 0 to 10.
  ///   - decay: pull of the logits towards zero, from 0 to 1.
  public init(minimumLosses: [Double], learningRate: Double = 0.025, decay: Double = 1e-3) {
    require(
      !minimumLosses.isEmpty && minimumLosses.allSatisfy(Self.minimums.contains),
      "FAMO: the minimum losses \(minimumLosses) have to be one number in \(Self.minimums) for each task")
    require(Self.decays.contains(decay), "FAMO: decay is \(decay), but has to be in \(Self.decays)")
    self.decay = decay
    self.minimumLosses = minimumLosses
    let taskCount = minimumLosses.count
    state = State(
      logits: [Double](repeating: 0, count: taskCount), optimizer: ScalarOptimizer(.adam, learningRate: learningRate))
  }

  /// The losses after an update are wanted.
  public var observesUpdates: Bool { true }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    state.logits.count == taskCount && state.logits.areModerate
      && state.optimizer.fits(self.state.optimizer, count: taskCount)
  }

  /// The weight of each loss.
  public func weights(for losses: [Double?], using generator: inout SeededGenerator) throws -> [Double] {
    try losses.requireNonnegative(for: "famo")
    let parts = Vector(
      fractions(among: losses.present).enumerated().map { task, fraction in
        losses[task].map { fraction / distance(task, $0) } ?? 0
      })
    return (parts.sum > 0 ? parts / parts.sum : parts).elements
  }

  /// z of the tasks that are present, zero for the others.
  private func fractions(among present: [Int]) -> Vector {
    Vector(spread(softmax(present.map { state.logits[$0] }), over: present, count: state.logits.count).orZeros)
  }

  private func distance(_ task: Int, _ loss: Double) -> Double {
    max(0, loss - minimumLosses[task]) + Self.epsilon
  }

  /// Learns from the losses before and after an update.
  public mutating func update(before: [Double?], after: [Double?]) {
    let present = before.indices.filter { before[$0] != nil && after[$0] != nil }
    let z = fractions(among: present)
    var progress = Vector(zeros: before.count)
    for task in present { progress[task] = log(distance(task, before[task]!)) - log(distance(task, after[task]!)) }
    let mean = z.dot(progress)
    let slopes = present.map { z[$0] * (progress[$0] - mean) + decay * state.logits[$0] }
    state.optimizer.update(&state.logits, gradient: spread(slopes, over: present, count: before.count))
  }

  /// One: the weights are divided by their sum.
  public func totalWeight(of tasks: [Int], among taskCount: Int) -> Double? { 1 }
}

extension FAMO {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "famo", summary: "Decreases all losses at the same relative rate; one more forward pass a step.",
    paper: "Liu et al., FAMO: Fast Adaptive Multitask Optimization, NeurIPS 2023",
    parameters: [
      MethodParameter("learningRate", .real(ScalarOptimizer.learningRates), default: .number(0.025), "of the logits"),
      MethodParameter(
        "minimum", .taskNumbers(minimums), default: nil, "what losses cannot fall below; 0 when left out"),
      MethodParameter("decay", .real(decays), default: .number(1e-3), "pull of the logits towards zero"),
    ]
  ) { settings in
    let minimum = settings.taskNumbers("minimum") ?? [:]
    return FAMO(
      minimumLosses: settings.tasks.map { minimum[$0] ?? 0 }, learningRate: settings.number("learningRate"),
      decay: settings.number("decay"))
  }
}
