import Torch

/// Layers that all tasks share.
public struct PlainKit: LayerKit {
  public init() {}

  public func convolution(
    _ path: ParameterPath, normalizedAt norm: ParameterPath, _ shape: ConvolutionShape
  ) -> any StreamLayer {
    SharedLayer(
      Sequential([
        Convolution(path, shape), BatchNormalization(norm, channels: shape.outputs, momentum: shape.momentum),
      ]))
  }

  public func linear(
    _ path: ParameterPath, normalizedAt norm: ParameterPath?, _ shape: LinearShape
  ) -> any StreamLayer {
    let normalization = norm.map { LayerNormalization($0, width: shape.inputs, epsilon: shape.epsilon) }
    let linear = Linear(path, shape)
    return SharedLayer(normalization.map { Sequential([$0, linear]) } ?? linear)
  }
}
