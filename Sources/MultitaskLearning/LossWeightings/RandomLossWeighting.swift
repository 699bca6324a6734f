import Support

/// A softmax of fresh normal draws weighs the losses of every step.
///
/// - Source: Lin et al., *Reasonable Effectiveness of Random Weighting*, TMLR 2022. The weights sum to one.
public struct RandomLossWeighting: LossWeighting {
  /// A weighting that draws from the method's generator.
  public init() {}

  /// The weights do not depend on the losses of the step.
  public var weighsByLosses: Bool { false }

  /// The weight of each loss.
  public func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] {
    let present = losses.present
    let drawn = weights(draws: present.map { _ in generator.normal() })
    return spread(drawn, over: present, count: losses.count).orZeros
  }

  /// - Parameter draws: one of a normal distribution for each task.
  package func weights(draws: [Double]) -> [Double] { softmax(draws).elements }

  /// One: the weights are those of a softmax.
  public func totalWeight(of tasks: [Int], among taskCount: Int) -> Double? { 1 }
}

extension RandomLossWeighting {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "rlw", summary: "Random weights, new in every step.",
    paper: "Lin et al., Reasonable Effectiveness of Random Weighting, TMLR 2022"
  ) { _ in RandomLossWeighting() }
}
