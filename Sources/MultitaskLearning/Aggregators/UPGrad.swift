import Torch

/// Projects each task's gradient on the cone of directions that no task is against, and averages the results.
///
/// - Source: Quinton, Rey, *Jacobian Descent for Multi-Objective Optimization*, 2024, section 3; scaled and
///   regularized as in its code.
public struct UPGrad: GramianWeighting {
  public init() {}

  public func weights(
    for gramian: Gramian, losses: [Double], using generator: inout SeededGenerator
  ) -> [Double] {
    let cone = DualCone(gramian)
    let share = 1 / Double(gramian.taskCount)
    return gramian.tasks.reduce([Double](repeating: 0, count: gramian.taskCount)) { sum, task in
      zip(sum, cone.weights(nearest: gramian.unit(task).map { $0 * share })).map { $0 + $1 }
    }
  }
}

extension UPGrad {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "upgrad", summary: "The mean of all gradients, each projected on the cone that no task is against.",
    paper: "Quinton, Rey, Jacobian Descent for Multi-Objective Optimization, 2024"
  ) { _ in UPGrad() }
}
