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
  ///   - weight: the distribution of the first weights; nil for libtorch's default.
  ///   - biasInitialization: the distribution of the first biases; nil for zeros beside weights with a distribution of
  ///     their own, and for libtorch's default otherwise.
  public init(
    _ path: ParameterPath, from inputs: Int, to outputs: Int, hasBias: Bool = true, weight: Initialization? = nil,
    bias biasInitialization: Initialization? = nil
  ) {
    self.weight = path.parameter("weight", [outputs, inputs], weight ?? .uniform(fanIn: inputs))
    // A weight with a distribution of its own comes with a bias of zero, as transformers have it.
    let first = biasInitialization ?? (weight == nil ? .uniform(fanIn: inputs) : .zeros)
    bias = hasBias ? path.parameter("bias", [outputs], first) : nil
  }

  /// Returns … × outputs for an input of … × inputs.
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    input.linear(weight.value, bias?.value)
  }
}
