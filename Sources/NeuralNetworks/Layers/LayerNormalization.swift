import Torch

/// Normalizes every token over the last axis.
///
/// - Source: Ba et al., *Layer Normalization*, arXiv 2016.
public struct LayerNormalization: Layer {
  let weight: Parameter
  let bias: Parameter
  let epsilon: Double

  /// Registers `weight` and `bias`, one for each of the `width` channels.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - width: the size of the last axis.
  ///   - epsilon: a number that is added to the variance.
  public init(_ path: ParameterPath, width: Int, epsilon: Double = 1e-5) {
    weight = path.parameter("weight", [width], .ones)
    bias = path.parameter("bias", [width], .zeros)
    self.epsilon = epsilon
  }

  /// Returns the normalized tokens of … × width.
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    input.layerNormalized(weight: weight.value, bias: bias.value, epsilon: epsilon)
  }
}
