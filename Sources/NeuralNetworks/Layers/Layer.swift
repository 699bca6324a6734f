import Torch

/// A function of one tensor with parameters of its own.
public protocol Layer {
  func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor
}
