import Foundation
import Support
import Torch

/// The shortest combination of averaged gradients, approached by a step each time: without the bias that single batches
/// give it.
///
/// The averages follow the rows, `Y ← Y − β_t (Y − G)` with `β_t = β / t^½`; the weights descend, `λ ← π(λ − γ_t (Y Yᵀ + ρ) λ)`
/// with π the projection on the simplex; the direction is `Yᵀ λ`. K·d numbers are kept from step to step. In a step without
/// some of the tasks, the others share the weight that they had.
///
/// - Source: Fernando et al., *Mitigating Gradient Bias in Multi-objective Learning: A Provably Convergent Approach*, ICLR
///   2023, algorithm 1. Public code takes other rows, and a softmax in place of the projection, which stays near equal
///   weights.
public struct MoCo: ElementwiseAggregator {
  /// Of what the averages are.
  public enum Rows: String, Sendable, CaseIterable {
    /// The gradients, as published.
    case raw
    /// Unit gradients times the losses, as in public code.
    case unitTimesLoss
  }

  /// How weights are kept on the simplex.
  public enum Simplex: String, Sendable, CaseIterable {
    /// By the nearest point of it, as published.
    case projection
    /// By a softmax of the weights themselves, as in public code.
    case softmax
  }

  /// The weights, and how often each task was seen; the averages themselves are in ``tensors``.
  public struct State: Codable, Sendable {
    var averages: GradientAverages.State
    /// λ, one for each task; empty before the first step.
    var weights = SimplexWeights()
    var step = 0
  }

  /// How fast the averages and the weights follow.
  public struct Rates: Sendable, Equatable {
    /// How fast the averages follow, β.
    public var beta: Double
    /// How fast β falls: β / t^betaDecay in step t.
    public var betaDecay: Double
    /// How fast the weights descend, γ.
    public var gamma: Double
    /// How fast γ falls: γ / t^gammaDecay in step t.
    public var gammaDecay: Double

    /// - Parameters:
    ///   - beta: how fast the averages follow, above 0 and at most 1.
    ///   - betaDecay: how fast beta falls, from 0 to 10.
    ///   - gamma: how fast the weights descend, from 0 to a million.
    ///   - gammaDecay: how fast gamma falls, from 0 to 10.
    public init(beta: Double = 0.5, betaDecay: Double = 0.5, gamma: Double = 0.1, gammaDecay: Double = 0.5) {
      (self.beta, self.betaDecay, self.gamma, self.gammaDecay) = (beta, betaDecay, gamma, gammaDecay)
    }
  }

  /// How fast the averages and the weights follow.
  public let rates: Rates
  /// What is added to the diagonal of the averages' inner products, ρ.
  public let rho: Double
  /// Of what the averages are.
  public let rows: Rows
  /// How weights are kept on the simplex.
  public let simplex: Simplex
  private var averages = GradientAverages()
  private var weights = SimplexWeights()
  private var step = 0

  static let betas = 1e-6...1.0
  static let gammas = 0.0...1e6
  static let decays = 0.0...10.0
  static let rhos = 0.0...1e6

  /// - Parameters:
  ///   - rates: how fast the averages and the weights follow.
  ///   - rho: what is added to the diagonal of the averages' inner products, from 0 to a million.
  ///   - rows: of what the averages are.
  ///   - simplex: how weights are kept on the simplex.
  public init(rates: Rates = Rates(), rho: Double = 0, rows: Rows = .raw, simplex: Simplex = .projection) {
    require(
      Self.betas.contains(rates.beta) && Self.gammas.contains(rates.gamma) && Self.decays.contains(rates.betaDecay)
        && Self.decays.contains(rates.gammaDecay),
      "MoCo: of the rates \(rates), beta has to be in \(Self.betas), gamma in \(Self.gammas), decays in \(Self.decays)")
    require(Self.rhos.contains(rho), "MoCo: rho is \(rho), but has to be in \(Self.rhos)")
    self.rates = rates
    self.rho = rho
    self.rows = rows
    self.simplex = simplex
  }

  /// Whether the losses are looked at.
  public var needsLosses: Bool { rows == .unitTimesLoss }
  /// The averages are those of all tasks.
  public var remembersGradients: Bool { true }
  /// The averages have an element for each of the gradients'.
  public var remembersElements: Bool { true }

  /// What the method has learned, besides the averages.
  public var state: State {
    get { State(averages: averages.state, weights: weights, step: step) }
    set { (averages.state, weights, step) = (newValue.averages, newValue.weights, newValue.step) }
  }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    state.averages.fits(taskCount: taskCount) && state.weights.fits(taskCount: taskCount) && state.step.isStepCount
  }

  /// The averages by name.
  public var tensors: [(name: String, tensor: Tensor)] { averages.tensors }

  /// Takes the averages of a checkpoint.
  public mutating func restore(tensors: [String: Tensor]) throws { try averages.restore(tensors) }

  /// Writes the direction that takes the gradient's place.
  public mutating func writeDirection(
    ofElements gradients: any ElementwiseGradients, into direction: Tensor, _ context: inout AggregationContext
  ) {
    step += 1
    let rates = rates
    averages.follow(gradients, context, scales: scales(of: gradients, context)) {
      1 - rates.beta / pow(Double($0), rates.betaDecay)
    }
    let rows = averages.gradients(of: context.tasks)
    let products = SymmetricMatrix(rows.gramian).addingToDiagonal(rho)
    let rate = rates.gamma / pow(Double(step), rates.gammaDecay)
    var weights = weights
    let lambda = weights.move(context.tasks, of: context.taskCount) { weights in
      let moved = weights - rate * products.times(weights)
      return simplex == .projection ? projectionOnSimplex(moved) : softmax(moved.elements)
    }
    self.weights = weights
    rows.combine(lambda, into: direction)
  }

  /// What the rows are multiplied by before they are averaged.
  private func scales(of gradients: any ElementwiseGradients, _ context: AggregationContext) -> Vector {
    guard rows == .unitTimesLoss else { return Vector(ones: gradients.taskCount) }
    return Vector(zip(context.losses, gradients.gramian.norms).map { $0 / ($1 + 1e-8) })
  }
}

extension MoCo {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "moco", summary: "The shortest combination of averaged gradients, approached step by step.",
    paper:
      "Fernando et al., Mitigating Gradient Bias in Multi-objective Learning: A Provably Convergent Approach, ICLR 2023",
    parameters: [
      MethodParameter("beta", .real(betas), default: .number(0.5), "how fast the averages follow"),
      MethodParameter(
        "betaDecay", .real(decays), default: .number(0.5), "how fast beta falls: beta / t^betaDecay in step t"),
      MethodParameter("gamma", .real(gammas), default: .number(0.1), "how fast the weights descend"),
      MethodParameter(
        "gammaDecay", .real(decays), default: .number(0.5), "how fast gamma falls: gamma / t^gammaDecay in step t"),
      MethodParameter("rho", .real(rhos), default: .number(0), "added to the diagonal of the inner products"),
      MethodParameter(
        "rows", .choice(Rows.allCases.map(\.rawValue)), default: .text("raw"),
        "what is averaged: the gradients, or, as in public code, unit gradients times the losses"),
      MethodParameter(
        "simplex", .choice(Simplex.allCases.map(\.rawValue)), default: .text("projection"),
        "how weights stay positive with the sum one: as published, or by a softmax, as in public code"),
    ]
  ) { settings in
    MoCo(
      rates: Rates(
        beta: settings.number("beta"), betaDecay: settings.number("betaDecay"), gamma: settings.number("gamma"),
        gammaDecay: settings.number("gammaDecay")),
      rho: settings.number("rho"), rows: settings.choice("rows"), simplex: settings.choice("simplex"))
  }
}
