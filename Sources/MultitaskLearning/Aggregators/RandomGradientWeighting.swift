import Torch

/// A softmax of fresh normal draws weighs the gradients of every step.
///
/// - Source: Lin et al., *Reasonable Effectiveness of Random Weighting*, TMLR 2022, with weights on the gradients.
public struct RandomGradientWeighting: GramianWeighting {
  public init() {}

  public func weights(
    for gramian: Gramian, losses: [Double], using generator: inout SeededGenerator
  ) -> [Double] {
    weights(draws: gramian.tasks.map { _ in generator.normal() })
  }

  /// - Parameter draws: one of a normal distribution for each task.
  package func weights(draws: [Double]) -> [Double] { softmax(draws) }
}

extension RandomGradientWeighting {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "rgw", summary: "Random weights on the gradients, new in every step.",
    paper: "Lin et al., Reasonable Effectiveness of Random Weighting, TMLR 2022"
  ) { _ in RandomGradientWeighting() }
}
