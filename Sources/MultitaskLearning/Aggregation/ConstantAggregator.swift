import Support

/// An aggregator whose weights do not depend on the gradients: one backward pass through the weighted sum of the losses
/// gives its direction, and no G is needed.
///
/// ``GradientAggregator/constantWeights(of:)`` is what it has to implement.
public protocol ConstantAggregator: GramianAggregator {
  /// The weight of each task's gradient.
  ///
  /// - Parameter tasks: whose gradients they are: positions among all of the network's tasks, ascending.
  /// - Returns: one for each of `tasks`.
  func constantWeights(of tasks: [Int]) -> Vector
}

extension ConstantAggregator {
  /// Nothing but the sum of the gradients.
  public var need: GradientNeed { .weightedSum }

  /// The weights of the rows, from their inner products.
  public func weights(for gramian: Gramian, _ context: inout AggregationContext) -> Vector {
    constantWeights(of: context.tasks)
  }
}
