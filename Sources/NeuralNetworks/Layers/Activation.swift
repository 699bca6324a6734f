import Torch

/// An elementwise function without parameters.
public enum Activation: Layer, Sendable {
  case relu, gelu, sigmoid, tanh

  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    switch self {
    case .relu: input.relu()
    case .gelu: input.gelu()
    case .sigmoid: input.sigmoid()
    case .tanh: input.tanh()
    }
  }
}
