import Foundation
import Support
import Torch

/// Dual balancing: the gradients of the losses' logarithms, averaged over the steps, in the length of the longest of them.
///
/// With `b_k ← β_t b_k + (1 − β_t) ∇ log L_k` and `β_t = β / t^σ`, the direction is `Σ b_k max_j ‖b_j‖ / ‖b_k‖`. Tasks' own
/// parameters follow the logarithms of their losses, too. K·d numbers are kept from step to step.
///
/// - Source: Lin et al., *Dual-Balancing for Multi-Task Learning*, 2023, algorithm 1. As in public code, the averages begin
///   at zero; `biasCorrection` takes that zero out of them, without which the first direction has a length of 1 − β.
public struct DBMTL: ElementwiseAggregator {
  /// How slowly the averages follow at first, β.
  public let beta: Double
  /// How fast β falls with the number of steps, σ.
  public let betaDecay: Double
  /// Whether the zeros that the averages began with are taken out of them.
  public let correctsBias: Bool
  private var averages = GradientAverages()

  /// How often each task was seen; the averages themselves are in ``tensors``.
  public struct State: Codable, Sendable {
    var averages: GradientAverages.State
  }

  /// What the method has learned, besides the averages.
  public var state: State {
    get { State(averages: averages.state) }
    set { averages.state = newValue.averages }
  }

  static let betas = 0.0...0.999999
  static let decays = 0.0...10.0

  /// Logarithms of the losses.
  public var lossScale: LossScale { .logarithmic }
  /// The averages are those of all tasks.
  public var remembersGradients: Bool { true }
  /// The averages have an element for each of the gradients'.
  public var remembersElements: Bool { true }

  /// - Parameters:
  ///   - beta: how slowly the averages follow, from 0 to 0.999999.
  ///   - betaDecay: how fast beta falls with the number of steps, from 0 to 10.
  ///   - correctsBias: whether the zeros that the averages began with are taken out of them.
  public init(beta: Double = 0.9, betaDecay: Double = 0, correctsBias: Bool = false) {
    require(Self.betas.contains(beta), "DBMTL: beta is \(beta), but has to be in \(Self.betas)")
    require(Self.decays.contains(betaDecay), "DBMTL: betaDecay is \(betaDecay), but has to be in \(Self.decays)")
    self.beta = beta
    self.betaDecay = betaDecay
    self.correctsBias = correctsBias
  }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool { state.averages.fits(taskCount: taskCount) }

  /// The averages by name.
  public var tensors: [(name: String, tensor: Tensor)] { averages.tensors }

  /// Takes the averages of a checkpoint.
  public mutating func restore(tensors: [String: Tensor]) throws { try averages.restore(tensors) }

  /// Writes the direction that takes the gradient's place.
  ///
  /// - Parameters:
  ///   - gradients: those of the losses' logarithms.
  ///   - direction: the place of the direction, one number for each element.
  ///   - context: what the aggregator may know of the step.
  public mutating func writeDirection(
    ofElements gradients: any ElementwiseGradients, into direction: Tensor, _ context: inout AggregationContext
  ) {
    averages.follow(gradients, context, scales: Vector(ones: gradients.taskCount)) { beta / pow(Double($0), betaDecay) }
    let rows = averages.gradients(of: context.tasks)
    let corrections = correctsBias ? averages.corrections(of: context.tasks) : Vector(ones: rows.taskCount)
    let norms = rows.gramian.norms / corrections
    let largest = norms.max() ?? 0
    let weights = norms.map { $0 > 0 ? largest / ($0 + 1e-8) : 0 }
    rows.combine(Vector(weights) / corrections, into: direction)
  }
}

extension DBMTL {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "db-mtl", summary: "Averaged gradients of the losses' logarithms, all in the length of the longest.",
    paper: "Lin et al., Dual-Balancing for Multi-Task Learning, 2023",
    parameters: [
      MethodParameter("beta", .real(betas), default: .number(0.9), "how slowly the averages follow"),
      MethodParameter(
        "betaDecay", .real(decays), default: .number(0), "how fast beta falls: beta / t^betaDecay in step t"),
      MethodParameter(
        "biasCorrection", .boolean, default: .text("false"),
        "whether the zeros that the averages began with are taken out of them"),
    ]
  ) { settings in
    DBMTL(
      beta: settings.number("beta"), betaDecay: settings.number("betaDecay"),
      correctsBias: settings.boolean("biasCorrection"))
  }
}
