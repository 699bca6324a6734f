import Foundation
import Support

/// Weights of the losses on two batches: those of the second are multi-objective, those of the first hold the parameters to
/// what the learned weights `s = softmax(α)` would train them to.
///
/// T steps of gradient descent on `f = Σ s_i L_i` of the first batch lead from θ to θ̂. With
/// `q = (∇_α f(α, θ) − ∇_α f(α, θ̂), ∇_θ f(α, θ))`, `F_k` the unit gradient of the second batch's loss k, and
/// `π_k = ρ − F_k·q / ‖q‖²`, the weights w of the simplex and `ν ≥ max(0, π·w)` minimize `½ ‖Fᵀw + νq‖² − νρ‖q‖²`, where
/// `ν = max(0, π·w)` at the optimum. λ follows w by `λ ← λ + (w − λ) / epoch^¾`, and θ and α the direction
/// `Fᵀλ + max(0, π·λ) q`, α by Adam. In a step in which a task lacks labels in one of the batches, the losses of the first
/// batch count by s.
///
/// - Source: Ye et al., *A First-Order Multi-Gradient Algorithm for Multi-Objective Bi-Level Optimization*, ECAI 2024. The
///   authors' code has `‖·‖²` in place of `½ ‖·‖²`, to which its closed form of ν does not belong.
public struct FORUM: LossWeighting {
  /// What is learned.
  public struct State: Codable, Sendable {
    /// α, one number for each task; empty before the first step.
    package var logits: [Double] = []
    /// λ, one number for each task; empty before the first step.
    package var mixture: [Double] = []
    /// The number of steps that were made.
    package var steps = 0
    package var optimizer: ScalarOptimizer
  }

  /// How strongly the first batch's losses have to fall, ρ.
  public let rho: Double
  /// The learning rate of the inner steps.
  public let innerLearningRate: Double
  /// The number of inner steps, T.
  public let innerSteps: Int
  /// The number of steps in an epoch.
  public let epoch: Int
  /// What the method has learned.
  public var state: State

  static let rhos = 0.0...1e3
  static let rates = 0.0...1e3
  static let counts = 1...1000
  static let epochs = 1...1_000_000_000

  /// - Parameters:
  ///   - rho: how strongly the first batch's losses have to fall, from 0 to 1000.
  ///   - innerLearningRate: of the inner steps, from 0 to 1000.
  ///   - innerSteps: their number, from 1 to 1000.
  ///   - learningRate: of α, from 0 to 10.
  ///   - epoch: the number of steps in an epoch.
  public init(
    rho: Double = 0.1, innerLearningRate: Double = 0.1, innerSteps: Int = 5, learningRate: Double = 1e-4,
    epoch: Int = 100
  ) {
    require(Self.rhos.contains(rho), "FORUM: rho is \(rho), but has to be in \(Self.rhos)")
    require(
      Self.rates.contains(innerLearningRate),
      "FORUM: innerLearningRate is \(innerLearningRate), but has to be in \(Self.rates)")
    require(Self.counts.contains(innerSteps), "FORUM: innerSteps is \(innerSteps), but has to be in \(Self.counts)")
    require(Self.epochs.contains(epoch), "FORUM: epoch is \(epoch), but has to be in \(Self.epochs)")
    (self.rho, self.innerLearningRate, self.innerSteps, self.epoch) = (rho, innerLearningRate, innerSteps, epoch)
    state = State(optimizer: ScalarOptimizer(.adam, learningRate: learningRate))
  }

  /// Two: the second shows what the weights lead to.
  public var batchCount: Int { 2 }
  /// The weights do not depend on the losses of the step.
  public var weighsByLosses: Bool { false }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    [0, taskCount].contains(state.logits.count) && state.mixture.count == state.logits.count
      && state.logits.areModerate && state.mixture.areModerate && state.steps.isStepCount
      && self.state.optimizer.fits(state.optimizer, count: taskCount)
  }

  /// The weights of a step without a look ahead: s, of the tasks that are present.
  public func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] {
    softmaxOfPresent(logits(taskCount: losses.count), losses)
  }

  private func logits(taskCount: Int) -> [Double] {
    state.logits.isEmpty ? [Double](repeating: 1 / Double(taskCount), count: taskCount) : state.logits
  }

  /// Learns from both batches.
  ///
  /// - Returns: the weights of the losses of the first and of the second batch; nil if they cannot be found.
  public mutating func learn(from lookahead: Lookahead) throws -> [[Double]]? {
    guard lookahead.isComplete else { return nil }
    let count = lookahead.taskCount
    let logits = logits(taskCount: count)
    let s = softmax(logits)
    let before = try lookahead.losses(on: .training)
    let descent = try lookahead.gradient(Array(s), on: .training)
    for step in 0..<innerSteps {
      let gradient = step == 0 ? descent : try lookahead.gradient(Array(s), on: .training)
      lookahead.move(along: gradient, by: -innerLearningRate)
    }
    let after = try lookahead.losses(on: .training)
    lookahead.restore()
    // The derivatives of the softmax take the mean away.
    let gain = Vector(zip(before, after).map { $0 - $1 })
    let mean = s.dot(gain)
    let qOfLogits = s * Vector(gain.map { $0 - mean })
    let square = lookahead.product(descent, descent) + qOfLogits.dot(qOfLogits) + 1e-8
    let rows = try (0..<count).map { task in
      try lookahead.gradient((0..<count).map { $0 == task ? 1 : 0 }, on: .validation)
    }
    let gramian = Gramian(taskCount: count, elements: rows.flatMap { a in rows.map { lookahead.product(a, $0) } })
    guard square.isFinite, gramian.norms.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    let products = Vector(rows.indices.map { lookahead.product(rows[$0], descent) / gramian.norm($0) })
    let pi = Vector(products.map { rho - $0 / square })
    let best = Self.minimum(cosines: gramian, pi, square)
    let rate = pow(Double(state.steps / epoch + 1), -0.75)
    let old = Vector(state.mixture.isEmpty ? [Double](repeating: 0, count: count) : state.mixture)
    let mixture = old + rate * (best - old)
    let multiplier = max(0, pi.dot(mixture))
    var moved = logits
    state.optimizer.update(&moved, gradient: qOfLogits.map { multiplier * $0 })
    (state.logits, state.mixture) = (moved, Array(mixture))
    state.steps += 1
    return [s.map { multiplier * $0 }, zip(mixture, gramian.norms).map { $0 / $1 }]
  }

  /// The w of the simplex with the smallest `½ wᵀCw − ½ max(0, π·w)² ‖q‖²`, C the cosines of the rows: by accelerated
  /// projected descent, as the function is convex there.
  private static func minimum(cosines gramian: Gramian, _ pi: Vector, _ square: Double) -> Vector {
    let count = gramian.taskCount
    func gradient(_ w: Vector) -> Vector {
      let pull = max(0, pi.dot(w)) * square
      return Vector(
        (0..<count).map { i in (0..<count).reduce(0) { $0 + gramian.cosine(i, $1) * w[$1] } - pull * pi[i] })
    }
    let steepness = Double(count) + square * pi.dot(pi)
    var (w, t) = (Vector(repeating: 1 / Double(count), count: count), 1.0)
    var ahead = w
    for _ in 0..<20_000 {
      let next = projectionOnSimplex(ahead - gradient(ahead) / steepness)
      let change = next - w
      let isUphill = (ahead - next).dot(change) > 0
      let following = isUphill ? 1 : (1 + (1 + 4 * t * t).squareRoot()) / 2
      ahead = isUphill ? next : next + ((t - 1) / following) * change
      (w, t) = (next, following)
      if change.dot(change) < 1e-26 { break }
    }
    return w
  }
}

extension FORUM {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "forum", summary: "Weights on two batches: many objectives of the second, held to what weights train on the first.",
    paper: "Ye et al., A First-Order Multi-Gradient Algorithm for Multi-Objective Bi-Level Optimization, ECAI 2024",
    parameters: [
      MethodParameter("rho", .real(rhos), default: .number(0.1), "how strongly the first batch's losses have to fall"),
      MethodParameter("innerLearningRate", .real(rates), default: .number(0.1), "of the inner steps"),
      MethodParameter("innerSteps", .integer(counts), default: .number(5), "the number of inner steps"),
      MethodParameter(
        "metaLearningRate", .real(ScalarOptimizer.learningRates), default: .number(1e-4), "of the logits, by Adam"),
      MethodParameter("epoch", .integer(epochs), default: .number(100), "steps in an epoch"),
    ]
  ) { settings in
    FORUM(
      rho: settings.number("rho"), innerLearningRate: settings.number("innerLearningRate"),
      innerSteps: settings.integer("innerSteps"), learningRate: settings.number("metaLearningRate"),
      epoch: settings.integer("epoch"))
  }
}
