import Support
import Torch

/// A softmax of fresh normal draws weighs the losses of every step.
///
/// - Source: Lin et al., *Reasonable Effectiveness of Random Weighting*, TMLR 2022. The weights sum to one.
public struct RandomLossWeighting: LossWeighting {
  public init() {}

  public var weighsByLosses: Bool { false }

  public func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] {
    let present = losses.present
    let drawn = weights(draws: present.map { _ in generator.normal() })
    var weights = losses.map { _ in 0.0 }
    for (task, weight) in zip(present, drawn) { weights[task] = weight }
    return weights
  }

  /// - Parameter draws: one of a normal distribution for each task.
  package func weights(draws: [Double]) -> [Double] { softmax(draws) }
}

extension RandomLossWeighting {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "rlw", summary: "Random weights, new in every step.",
    paper: "Lin et al., Reasonable Effectiveness of Random Weighting, TMLR 2022"
  ) { _ in RandomLossWeighting() }
}
