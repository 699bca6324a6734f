import Foundation
import Support

/// Learns weights that let all tasks train at a similar rate: gradients of slow tasks grow, of fast ones shrink.
///
/// With `G_i = w_i ‖g_i‖` and the relative inverse rate `r_i = (L_i / L_i⁰) / mean`, the weights follow the gradient
/// of `Σ |G_i − mean(G) r_i^α|`, the target held constant; then they are scaled to a sum of K.
///
/// - Source: Chen et al., *GradNorm*, ICML 2018, algorithm 1. Weights stay above a millionth, where the paper would
///   let them turn negative.
public struct GradNorm: LossWeighting {
  /// The weights, and what losses began with.
  public struct State: Codable, Sendable {
    /// One for each task; empty before the first step.
    public internal(set) var weights: [Double] = []
    var initialLosses = FirstLosses()
  }

  /// How strongly slow tasks are helped: α.
  public let alpha: Double
  /// The learning rate of the weights' gradient descent.
  public let learningRate: Double
  /// What the method has learned.
  public var state = State()

  static let alphas = 0.0...10.0
  static let learningRates = 0.0...10.0

  private static let smallestWeight = 1e-6

  /// - Parameters:
  ///   - alpha: from 0 to 10.
  ///   - learningRate: from 0 to 10.
  ///   - initialLosses: `L⁰`, above zero; default to the first losses above zero.
  public init(alpha: Double = 1.5, learningRate: Double = 0.025, initialLosses: [Double] = []) {
    require(Self.alphas.contains(alpha), "GradNorm: alpha is \(alpha), but has to be in \(Self.alphas)")
    require(
      Self.learningRates.contains(learningRate),
      "GradNorm: learningRate is \(learningRate), but has to be in \(Self.learningRates)")
    require(
      initialLosses.arePositive,
      "GradNorm: the initial losses \(initialLosses) have to be above 0 and finite")
    self.alpha = alpha
    self.learningRate = learningRate
    state.initialLosses = FirstLosses(initialLosses)
  }

  /// The norms of the gradients.
  public var need: GradientNeed { .gramian }
  /// The weights do not depend on the losses of the step.
  public var weighsByLosses: Bool { false }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    [0, taskCount].contains(state.weights.count) && state.weights.arePositive
      && state.initialLosses.fits(taskCount: taskCount)
  }

  /// The weight of each loss.
  public func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] {
    state.weights.isEmpty ? losses.map { _ in 1 } : state.weights
  }

  /// Learns from the norms of the tasks' gradients.
  public mutating func update(losses: [Double?], gradientNorms: [Double?]) {
    state.initialLosses.note(losses)
    if state.weights.isEmpty { state.weights = losses.map { _ in 1 } }
    // A task that has no gradient or no first loss yet says nothing about rates.
    let tasks = losses.present.filter { gradientNorms[$0] != nil && state.initialLosses[$0] != nil }
    guard !tasks.isEmpty else { return }
    let count = Double(tasks.count)
    let ratios = Vector(tasks.map { max(0, losses[$0]!) / state.initialLosses[$0]! })
    let meanRatio = ratios.sum / count
    let norms = Vector(tasks.map { state.weights[$0] * gradientNorms[$0]! })
    let meanNorm = norms.sum / count
    let sumBefore = tasks.reduce(0) { $0 + state.weights[$1] }
    for (index, task) in tasks.enumerated() {
      let relativeRate = meanRatio > 0 ? ratios[index] / meanRatio : 1
      let excess = norms[index] - meanNorm * pow(relativeRate, alpha)
      let sign: Double = excess > 0 ? 1 : excess < 0 ? -1 : 0
      state.weights[task] = max(
        Self.smallestWeight, state.weights[task] - learningRate * sign * gradientNorms[task]!)
    }
    // The sum of the weights stays K; those of absent tasks stay as they are.
    let sum = tasks.reduce(0) { $0 + state.weights[$1] }
    for task in tasks { state.weights[task] *= sumBefore / sum }
  }

  /// One for each task, on average.
  public func totalWeight(of tasks: [Int], among taskCount: Int) -> Double? { Double(tasks.count) }
}

extension GradNorm {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "gradnorm", summary: "Learns weights that let all tasks train at a similar rate; a backward pass for each task.",
    paper: "Chen et al., GradNorm, ICML 2018",
    parameters: [
      MethodParameter("alpha", .real(alphas), default: .number(1.5), "how strongly slow tasks are helped"),
      MethodParameter("learningRate", .real(learningRates), default: .number(0.025), "of the weights"),
    ]
  ) { settings in GradNorm(alpha: settings.number("alpha"), learningRate: settings.number("learningRate")) }
}
