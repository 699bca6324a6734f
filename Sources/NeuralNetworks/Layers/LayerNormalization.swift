import Torch

/// Normalises every token over its last axis.
///
/// - Source: Ba et al., *Layer Normalization*, 2016.
public struct LayerNormalization: Layer {
  let weight: Parameter
  let bias: Parameter
  let epsilon: Double

  public init(_ path: ParameterPath, width: Int, epsilon: Double = 1e-5) {
    weight = path.parameter("weight", [width], .ones)
    bias = path.parameter("bias", [width], .zeros)
    self.epsilon = epsilon
  }

  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    input.layerNormalized(weight: weight.value, bias: bias.value, epsilon: epsilon)
  }
}
