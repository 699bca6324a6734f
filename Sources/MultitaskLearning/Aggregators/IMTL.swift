import Foundation
import Support

/// Impartial learning of losses and gradients together: losses are scaled as in ``IMTLL``, and the scaled losses'
/// gradients are weighed as in ``IMTLG``.
///
/// - Source: Liu et al., *Towards Impartial Multi-task Learning*, ICLR 2021, algorithm 1. The scales follow their own
///   gradient, without the gradient weights.
public struct IMTL: GramianAggregator {
  /// The logarithms of the losses' scales.
  public struct State: Codable, Sendable {
    /// One for each task; empty before the first step.
    var logScales: [Double] = []
  }

  /// The learning rate of the scales' gradient descent.
  public let learningRate: Double
  /// What the method has learned.
  public var state = State()

  static let learningRates = 0.0...10.0

  /// The losses are looked at.
  public var needsLosses: Bool { true }
  /// Scales are learned from the losses of all tasks.
  public var remembersGradients: Bool { true }

  /// - Parameter learningRate: of the losses' scales, from 0 to 10.
  public init(learningRate: Double = 0.1) {
    require(
      Self.learningRates.contains(learningRate),
      "IMTL: learningRate is \(learningRate), but has to be in \(Self.learningRates)")
    self.learningRate = learningRate
  }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    [0, taskCount].contains(state.logScales.count) && state.logScales.areLogarithms
  }

  /// The weights of the rows, from their inner products.
  public mutating func weights(for gramian: Gramian, _ context: inout AggregationContext) -> Vector {
    if state.logScales.count != context.taskCount { state.logScales = [Double](repeating: 0, count: context.taskCount) }
    let scales = Vector(context.tasks.map { exp(state.logScales[$0]) })
    let alpha = IMTLG().weights(for: gramian.scaled(by: scales), &context)
    for (row, task) in context.tasks.enumerated() {
      let change = learningRate * (scales[row] * context.losses[row] - 1)
      state.logScales[task] = (state.logScales[task] - change).boundedLogarithm
    }
    return alpha * scales
  }

  /// The gradient itself, with the losses' scales of the beginning.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength { .multiple(1) }
}

extension IMTL {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "imtl", summary: "Equal scaled losses, and equal projections on their gradients.",
    paper: "Liu et al., Towards Impartial Multi-task Learning, ICLR 2021",
    parameters: [MethodParameter("learningRate", .real(learningRates), default: .number(0.1), "of the losses' scales")]
  ) { settings in IMTL(learningRate: settings.number("learningRate")) }
}
