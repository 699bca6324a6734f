import Torch

/// The affine function `y = x Wᵀ + b` over the last axis, with W of shape outputs × inputs.
public struct Linear: Layer {
  /// The weights: outputs × inputs.
  public let weight: Parameter
  /// The offset of each output; nil if there is none.
  public let bias: Parameter?

  /// Registers `weight` and `bias`.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - inputs: the size of the input's last axis.
  ///   - outputs: the size of the output's last axis.
  ///   - hasBias: whether a bias is added.
  ///   - weight: the distribution of the first weights, beside which biases start at zero; nil for libtorch's default
  ///     of both.
  public init(
    _ path: ParameterPath, from inputs: Int, to outputs: Int, hasBias: Bool = true, weight: Initialization? = nil
  ) {
    self.weight = path.parameter("weight", [outputs, inputs], weight ?? .uniform(fanIn: inputs))
    // A weight with a distribution of its own comes with a bias of zero, as transformers have it.
    bias = hasBias ? path.parameter("bias", [outputs], weight == nil ? .uniform(fanIn: inputs) : .zeros) : nil
  }

  /// Returns … × outputs for an input of … × inputs.
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    context.trace?.note(multiplyAdds: input.count / weight.shape[1] * weight.value.count)
    return input.linear(weight.value, bias?.value)
  }
}
