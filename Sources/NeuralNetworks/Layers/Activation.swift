import Torch

/// An elementwise function without parameters.
public enum Activation: Layer, Sendable {
  /// The rectifier, the Gaussian error linear unit in its exact form, the logistic function, and the hyperbolic
  /// tangent.
  case relu, gelu, sigmoid, tanh

  /// Applies the function to every element.
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    switch self {
    case .relu: input.relu()
    case .gelu: input.gelu()
    case .sigmoid: input.sigmoid()
    case .tanh: input.tanh()
    }
  }
}
