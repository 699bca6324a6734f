import Support
import Torch

/// An aggregator that chooses K weights for each of several parts of the network, from the inner products there.
public protocol LocalGramianWeighting: GradientAggregator {
  var granularity: Granularity { get }

  /// - Parameter gramians: of each part.
  /// - Returns: K weights for each part.
  mutating func weights(for gramians: [Gramian], _ context: inout AggregationContext) throws -> [[Double]]
}

extension LocalGramianWeighting {
  public var need: GradientNeed { .segments }

  public mutating func writeDirection(
    of gradients: any TaskGradients, into direction: Tensor, _ context: inout AggregationContext
  ) throws {
    let ranges = granularity.ranges(of: gradients)
    let weights = try weights(for: gradients.gramians(of: ranges), &context)
    gradients.combine(weights, over: ranges, into: direction)
  }
}

extension LocalGramianWeighting {
  /// The weights for gradients of all tasks.
  ///
  /// - Parameter losses: K of them, or none if the aggregator does not look at losses.
  public mutating func weights(
    for gramians: [Gramian], losses: [Double] = [], using generator: inout SeededGenerator
  ) throws -> [[Double]] {
    var context = AggregationContext(taskCount: gramians[0].taskCount, losses: losses, generator: generator)
    defer { generator = context.generator }
    return try weights(for: gramians, &context)
  }
}
