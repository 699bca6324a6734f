import Torch

/// Normalises groups of channels of every sample.
///
/// - Source: Wu, He, *Group Normalization*, ECCV 2018.
public struct GroupNormalization: Layer {
  let weight: Parameter
  let bias: Parameter
  let groups: Int
  let epsilon: Double

  public init(_ path: ParameterPath, channels: Int, groups: Int, epsilon: Double = 1e-5) {
    weight = path.parameter("weight", [channels], .ones)
    bias = path.parameter("bias", [channels], .zeros)
    self.groups = groups
    self.epsilon = epsilon
  }

  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    input.groupNormalized(groups: groups, weight: weight.value, bias: bias.value, epsilon: epsilon)
  }
}
