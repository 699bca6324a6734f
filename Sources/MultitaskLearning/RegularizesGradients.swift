/// An aggregator that adds a function of the tasks' gradients to the loss, and so needs second derivatives.
///
/// Its direction is `Σ g_k + Σ H_k v_k`, with `H_k` the second derivatives of task k's loss, and `v_k` a combination
/// of the gradients.
public protocol RegularizesGradients: GradientAggregator {
  /// - Returns: K×K numbers; `v_k` is the combination of the gradients with row k's.
  func regularizerWeights(for gramian: Gramian) -> [[Double]]
}
