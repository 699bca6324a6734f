import Torch

/// The Gramian as both projections on the dual cone use it: scaled to trace one, and a little regularized.
private func regularized(_ gramian: Gramian) -> SymmetricMatrix {
  let m = SymmetricMatrix(gramian)
  let trace = m.trace
  return m.scaled(by: trace < 1e-4 ? 0 : 1 / trace).addingToDiagonal(1e-4)
}

/// Minimises `vᵀ A v` over `v ≥ lower`.
private func projectedWeights(_ a: SymmetricMatrix, lower: [Double]) -> [Double] {
  let x = nonnegativeMinimum(a, a.times(lower).map { -$0 })
  return zip(lower, x).map { $0 + $1 }
}

/// Projects each task's gradient on the cone of directions that no task is against, and averages the results.
///
/// - Source: Quinton, Rey, *Jacobian Descent for Multi-Objective Optimization*, 2024, section 3; scaled and
///   regularized as in its code.
public struct UPGrad: GramianWeighting {
  public init() {}

  public func weights(
    for gramian: Gramian, losses: [Double], using generator: inout SeededGenerator
  ) -> [Double] {
    let a = regularized(gramian)
    let share = 1 / Double(gramian.taskCount)
    return gramian.tasks.reduce([Double](repeating: 0, count: gramian.taskCount)) { sum, task in
      zip(sum, projectedWeights(a, lower: gramian.unit(task).map { $0 * share })).map { $0 + $1 }
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

/// Projects the mean gradient on the cone of directions that no task is against.
///
/// - Source: Lopez-Paz, Ranzato, *Gradient Episodic Memory for Continual Learning*, NeurIPS 2017, equation 11; scaled
///   and regularized as ``UPGrad``.
public struct DualProj: GramianWeighting {
  public init() {}

  public func weights(
    for gramian: Gramian, losses: [Double], using generator: inout SeededGenerator
  ) -> [Double] {
    let share = 1 / Double(gramian.taskCount)
    return projectedWeights(regularized(gramian), lower: gramian.tasks.map { _ in share })
  }
}

extension DualProj {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "dualproj", summary: "The mean gradient, projected on the cone that no task is against.",
    paper: "Lopez-Paz, Ranzato, Gradient Episodic Memory for Continual Learning, NeurIPS 2017"
  ) { _ in DualProj() }
}
