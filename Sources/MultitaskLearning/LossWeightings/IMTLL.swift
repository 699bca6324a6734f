import Foundation
import Support

/// Learns a scale for every loss so that all scaled losses become equal: the total is `Σ e^s L − s`.
///
/// - Source: Liu et al., *Towards Impartial Multi-task Learning*, ICLR 2021, section 3.2.
public struct IMTLL: LossWeighting {
  /// The scales, and their optimizer.
  public struct State: Codable, Sendable {
    /// The logarithm s of each task's scale.
    public internal(set) var logScales: [Double]
    var optimizer: ScalarOptimizer
  }

  /// What the method has learned.
  public var state: State

  /// - Parameters:
  ///   - taskCount: K.
  ///   - optimizer: trains the scales.
  public init(
    taskCount: Int, optimizer: ScalarOptimizer = ScalarOptimizer(.adam, learningRate: 0.01)
  ) {
    require(taskCount > 0, "IMTLL: \(taskCount) tasks, but at least one is needed")
    state = State(logScales: [Double](repeating: 0, count: taskCount), optimizer: optimizer)
  }

  /// The weights do not depend on the losses of the step.
  public var weighsByLosses: Bool { false }

  /// The weight of each loss.
  public func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] {
    state.logScales.map { exp($0) }
  }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    state.logScales.count == taskCount && state.logScales.areLogarithms
      && state.optimizer.fits(self.state.optimizer, count: taskCount)
  }

  /// Learns from the losses of a step.
  public mutating func update(losses: [Double?]) {
    let gradient = zip(state.logScales, losses).map { scale, loss in loss.map { exp(scale) * $0 - 1 } }
    state.optimizer.update(&state.logScales, gradient: gradient)
    state.logScales = state.logScales.map(\.boundedLogarithm)
  }

  /// One for each task, as the weights begin.
  public func totalWeight(of tasks: [Int], among taskCount: Int) -> Double? { Double(tasks.count) }
}

extension IMTLL {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "imtl-l", summary: "Learns scales that make all losses equal.",
    paper: "Liu et al., Towards Impartial Multi-task Learning, ICLR 2021",
    parameters: [
      MethodParameter(
        "optimizer", .choice(ScalarOptimizer.Rule.allCases.map(\.rawValue)), default: .text("adam"),
        "how the scales are trained"),
      MethodParameter("learningRate", .real(ScalarOptimizer.learningRates), default: .number(0.01), "of the scales"),
    ]
  ) { settings in
    IMTLL(
      taskCount: settings.tasks.count,
      optimizer: ScalarOptimizer(settings.choice("optimizer"), learningRate: settings.number("learningRate")))
  }
}
