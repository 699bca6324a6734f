import Support

/// A softmax of fresh normal draws weighs the gradients of every step.
///
/// - Source: Lin et al., *Reasonable Effectiveness of Random Weighting*, TMLR 2022, with weights on the gradients.
public struct RandomGradientWeighting: GramianAggregator, NumberDrawing {
  /// Draws to use instead of random ones, one for each task: for comparisons with other implementations.
  public var draws: [Double]?

  /// An aggregator that draws from the generator of its context.
  public init() {}

  /// The weights of the rows, from their inner products.
  public func weights(for gramian: Gramian, _ context: inout AggregationContext) throws -> Vector {
    if let draws, draws.count != gramian.taskCount {
      throw MethodError("rgw: \(draws.count) draws for \(gramian.taskCount) tasks")
    }
    return softmax(draws ?? gramian.tasks.map { _ in context.generator.normal() })
  }

  /// The gradient itself: the weights sum to one.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength { .multiple(1) }
}

extension RandomGradientWeighting {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "rgw", summary: "Random weights on the gradients, new in every step.",
    paper: "Lin et al., Reasonable Effectiveness of Random Weighting, TMLR 2022"
  ) { _ in RandomGradientWeighting() }
}
