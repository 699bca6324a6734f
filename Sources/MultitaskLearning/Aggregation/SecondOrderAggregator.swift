import Support
import Torch

/// An aggregator that adds the gradient of a regularizer, a function of the gradients, to their sum.
///
/// ``GradientAggregator/regularizerWeights(for:)`` is what it has to implement.
public protocol SecondOrderAggregator: GradientAggregator {
  /// How the gradients of the regularizer combine the tasks' gradients.
  ///
  /// - Returns: K×K numbers, of which row k makes `v_k`; the direction is `Σ g_k + Σ H_k v_k`, with `H_k` the second
  ///   derivatives of task k's loss.
  func regularizerWeights(for gramian: Gramian) -> [[Double]]
}

extension SecondOrderAggregator {
  /// The derivatives of the gradients.
  public var need: GradientNeed { .secondOrder }

  /// Writes the sum of the rows: where gradients are constants, as on a saved matrix, the regularizer has no gradient.
  public mutating func writeDirection(
    of gradients: any GramianSource, into direction: Tensor, _ context: inout AggregationContext
  ) {
    gradients.combine(Vector(ones: gradients.taskCount), into: direction)
  }
}
