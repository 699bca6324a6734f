import Support

/// An aggregator that gives every task the same weight, whatever the gradients: one backward pass through the
/// sum of the losses gives its direction, and no G is needed.
///
/// ``GradientAggregator/constantWeight(taskCount:)`` is what it has to implement.
public protocol ConstantAggregator: GramianAggregator {
  /// The weight of every task's gradient.
  ///
  /// - Parameter taskCount: the number of gradients, K.
  func constantWeight(taskCount: Int) -> Double
}

extension ConstantAggregator {
  /// Nothing but the sum of the gradients.
  public var need: GradientNeed { .weightedSum }

  /// The weights of the rows, from their inner products.
  public func weights(for gramian: Gramian, _ context: inout AggregationContext) -> Vector {
    Vector(repeating: constantWeight(taskCount: gramian.taskCount), count: gramian.taskCount)
  }
}
