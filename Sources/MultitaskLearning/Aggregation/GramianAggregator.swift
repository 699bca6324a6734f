import Support
import Torch

/// An aggregator that only chooses K weights, and only needs the inner products for it.
///
/// ``weights(for:_:)`` is what it has to implement.
public protocol GramianAggregator: GradientAggregator {
  /// The weights of the rows, from their inner products.
  ///
  /// - Parameters:
  ///   - gramian: `G Gᵀ`, K×K.
  ///   - context: whose gradients these are, and where random numbers come from.
  /// - Returns: K weights w; the direction is `Gᵀ w`.
  /// - Throws: ``MethodError`` if the method has no answer; ``NoDirectionError`` if no direction helps all tasks.
  mutating func weights(for gramian: Gramian, _ context: inout AggregationContext) throws -> Vector
}

extension GramianAggregator {
  /// The inner products alone.
  public var need: GradientNeed { .gramian }

  /// Writes the direction that takes the gradient's place.
  public mutating func writeDirection(
    of gradients: any GramianSource, into direction: Tensor, _ context: inout AggregationContext
  ) throws {
    gradients.combine(try weights(for: gradients.gramian, &context), into: direction)
  }

  /// The weights of the rows, from their inner products alone.
  public mutating func weights(
    forInnerProducts gramian: Gramian, _ context: inout AggregationContext
  ) throws -> Vector {
    try weights(for: gramian, &context)
  }

  /// The weights for gradients of all tasks.
  ///
  /// - Parameters:
  ///   - gramian: `G Gᵀ`, K×K.
  ///   - losses: K numbers; defaults to an empty list, for aggregators that do not look at losses.
  ///   - generator: where random numbers come from.
  /// - Returns: K weights w; the direction is `Gᵀ w`.
  /// - Throws: as ``weights(for:_:)``.
  public mutating func weights(
    for gramian: Gramian, losses: [Double] = [], using generator: inout SeededGenerator
  ) throws -> Vector {
    var context = AggregationContext(taskCount: gramian.taskCount, losses: losses, generator: generator)
    defer { generator = context.generator }
    return try weights(for: gramian, &context)
  }
}
