import Torch

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
    return DualCone(gramian).weights(nearest: gramian.tasks.map { _ in share })
  }
}

extension DualProj {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "dualproj", summary: "The mean gradient, projected on the cone that no task is against.",
    paper: "Lopez-Paz, Ranzato, Gradient Episodic Memory for Continual Learning, NeurIPS 2017"
  ) { _ in DualProj() }
}
