import Foundation
import Torch

/// Impartial learning of losses and gradients together: losses are scaled as in ``IMTLL``, and the scaled losses'
/// gradients are weighed as in ``IMTLG``.
///
/// - Source: Liu et al., *Towards Impartial Multi-task Learning*, ICLR 2021, algorithm 1. The scales follow their own
///   gradient, without the gradient weights.
public struct IMTL: GramianWeighting {
  public struct State: Codable, Sendable {
    /// Empty before the first step.
    var logScales: [Double] = []
  }

  /// Of the scales' gradient descent.
  public var learningRate: Double
  public var state = State()

  public var needsLosses: Bool { true }

  public init(learningRate: Double = 0.1) { self.learningRate = learningRate }

  public mutating func weights(
    for gramian: Gramian, losses: [Double], using generator: inout SeededGenerator
  ) -> [Double] {
    if state.logScales.count != gramian.taskCount { state.logScales = gramian.tasks.map { _ in 0 } }
    let scales = state.logScales.map { exp($0) }
    let alpha = IMTLG().weights(for: gramian.scaled(by: scales), losses: losses, using: &generator)
    for task in gramian.tasks { state.logScales[task] -= learningRate * (scales[task] * losses[task] - 1) }
    return zip(alpha, scales).map { $0 * $1 }
  }
}

extension IMTL {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "imtl", summary: "Equal scaled losses, and equal projections on their gradients.",
    paper: "Liu et al., Towards Impartial Multi-task Learning, ICLR 2021",
    parameters: [MethodParameter("learningRate", .real(0...10), default: .number(0.1), "of the losses' scales")]
  ) { settings in IMTL(learningRate: settings.number("learningRate")) }
}
