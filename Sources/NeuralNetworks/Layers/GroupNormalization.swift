import Torch

/// Normalizes each sample by itself, over groups of channels and space.
///
/// - Source: Wu, He, *Group Normalization*, ECCV 2018.
public struct GroupNormalization: Layer {
  let weight: Parameter
  let bias: Parameter
  let groups: Int
  let epsilon: Double

  /// Registers `weight` and `bias`, one for each channel.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - channels: the number of channels.
  ///   - groups: the number of groups, a divisor of `channels`.
  ///   - epsilon: a number that is added to the variance.
  public init(_ path: ParameterPath, channels: Int, groups: Int, epsilon: Double = 1e-5) {
    weight = path.parameter("weight", [channels], .ones)
    bias = path.parameter("bias", [channels], .zeros)
    self.groups = groups
    self.epsilon = epsilon
  }

  /// Returns the normalized channels of batch × channels × ….
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    input.groupNormalized(groups: groups, weight: weight.value, bias: bias.value, epsilon: epsilon)
  }
}
