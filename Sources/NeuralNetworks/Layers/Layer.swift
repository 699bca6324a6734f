import Torch

/// A function of one tensor with parameters of its own.
public protocol Layer {
  /// Returns the layer's output, of which autograd records how it was computed.
  ///
  /// - Parameters:
  ///   - input: batch × …, as the layer expects it.
  ///   - context: whether the network is in training, and where random numbers come from.
  func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor
}
