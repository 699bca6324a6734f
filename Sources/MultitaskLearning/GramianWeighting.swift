import Support
import Torch

/// An aggregator that only chooses K weights, and only needs the inner products for it.
public protocol GramianWeighting: GradientAggregator {
  /// - Parameter gramian: `G Gᵀ`, K×K.
  /// - Returns: K weights `w`; the direction is `Gᵀ w`.
  mutating func weights(for gramian: Gramian, _ context: inout AggregationContext) throws -> [Double]
}

extension GramianWeighting {
  public var need: GradientNeed { .gramian }

  public mutating func writeDirection(
    of gradients: any TaskGradients, into direction: Tensor, _ context: inout AggregationContext
  ) throws {
    let weights = try weights(for: gradients.gramian, &context)
    gradients.combine([weights], over: [0..<gradients.width], into: direction)
  }

  /// The weights for gradients of all tasks.
  ///
  /// - Parameter losses: K of them, or none if the aggregator does not look at losses.
  public mutating func weights(
    for gramian: Gramian, losses: [Double] = [], using generator: inout SeededGenerator
  ) throws -> [Double] {
    var context = AggregationContext(taskCount: gramian.taskCount, losses: losses, generator: generator)
    defer { generator = context.generator }
    return try weights(for: gramian, &context)
  }
}
