import Torch

/// `y = x Wᵀ + b` over the last axis.
public struct Linear: Layer {
  let weight: Parameter
  let bias: Parameter?

  public init(
    _ path: ParameterPath, from inputs: Int, to outputs: Int, hasBias: Bool = true, weight: Initialization? = nil
  ) {
    self.weight = path.parameter("weight", [outputs, inputs], weight ?? .uniform(fanIn: inputs))
    // A weight with a distribution of its own comes with a bias of zero, as transformers have it.
    bias = hasBias ? path.parameter("bias", [outputs], weight == nil ? .uniform(fanIn: inputs) : .zeros) : nil
  }

  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    input.linear(weight.value, bias?.value)
  }
}
