import Foundation
import Torch

/// Learns weights that let all tasks train at a similar rate: gradients of slow tasks grow, of fast ones shrink.
///
/// With `G_i = w_i ‖g_i‖` and the relative inverse rate `r_i = (L_i / L_i⁰) / mean`, the weights follow the gradient
/// of `Σ |G_i − mean(G) r_i^α|`, the target held constant; then they are scaled to a sum of K.
///
/// - Source: Chen et al., *GradNorm*, ICML 2018, algorithm 1. Weights stay above a millionth, where the paper would
///   let them turn negative.
public struct GradNorm: LearnsFromGradients {
  public struct State: Codable, Sendable {
    /// Empty before the first step.
    public internal(set) var weights: [Double] = []
    var initialLosses: [Double] = []
  }

  /// How strongly slow tasks are helped: α.
  public var alpha: Double
  /// Of the weights' gradient descent.
  public var learningRate: Double
  public var state = State()

  private static let smallestWeight = 1e-6

  /// - Parameter initialLosses: `L⁰`; those of the first step when left out.
  public init(alpha: Double = 1.5, learningRate: Double = 0.025, initialLosses: [Double] = []) {
    self.alpha = alpha
    self.learningRate = learningRate
    state.initialLosses = initialLosses
  }

  public func weights(for losses: [Double], using generator: inout SeededGenerator) throws -> [Double] {
    if let wrong = losses.firstIndex(where: { $0 <= 0 }) {
      throw MethodError("gradnorm needs positive losses, but that of task \(wrong) (from 0) is \(losses[wrong])")
    }
    return state.weights.isEmpty ? losses.map { _ in 1 } : state.weights
  }

  public mutating func update(losses: [Double], gradientNorms: [Double]) {
    let count = Double(losses.count)
    if state.initialLosses.isEmpty { state.initialLosses = losses }
    var weights = state.weights.isEmpty ? losses.map { _ in 1 } : state.weights
    let ratios = zip(losses, state.initialLosses).map { $0 / $1 }
    let meanRatio = ratios.reduce(0, +) / count
    let norms = zip(weights, gradientNorms).map { $0 * $1 }
    let meanNorm = norms.reduce(0, +) / count
    for index in weights.indices {
      let excess = norms[index] - meanNorm * pow(ratios[index] / meanRatio, alpha)
      let sign: Double = excess > 0 ? 1 : excess < 0 ? -1 : 0
      weights[index] = max(Self.smallestWeight, weights[index] - learningRate * sign * gradientNorms[index])
    }
    let sum = weights.reduce(0, +)
    state.weights = weights.map { $0 * count / sum }
  }
}

extension GradNorm {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "gradnorm", summary: "Learns weights that let all tasks train at a similar rate; a backward pass for each task.",
    paper: "Chen et al., GradNorm, ICML 2018",
    parameters: [
      MethodParameter("alpha", .real(0...10), default: .number(1.5), "how strongly slow tasks are helped"),
      MethodParameter("learningRate", .real(0...10), default: .number(0.025), "of the weights"),
    ]
  ) { settings in GradNorm(alpha: settings.number("alpha"), learningRate: settings.number("learningRate")) }
}
