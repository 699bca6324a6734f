import Torch

/// An aggregator that gives every task the same weight, whatever the gradients: one backward pass through the
/// sum of the losses gives its direction, and no G is needed.
public protocol ConstantWeighting: GramianWeighting {
  func weight(taskCount: Int) -> Double
}

extension ConstantWeighting {
  public func weights(
    for gramian: Gramian, losses: [Double], using generator: inout SeededGenerator
  ) -> [Double] {
    [Double](repeating: weight(taskCount: gramian.taskCount), count: gramian.taskCount)
  }
}
