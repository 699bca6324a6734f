/// An aggregator that gives every task the same weight, whatever the gradients: one backward pass through the
/// sum of the losses gives its direction, and no G is needed.
public protocol ConstantAggregator: GramianWeighting {}

extension ConstantAggregator {
  public var need: GradientNeed { .weightedSum }

  public func weights(for gramian: Gramian, _ context: inout AggregationContext) -> [Double] {
    [Double](repeating: constantWeight(taskCount: gramian.taskCount), count: gramian.taskCount)
  }
}
