import Torch

/// A kit whose layers all tasks share.
public struct PlainKit: LayerKit {
  /// Creates the kit.
  public init() {}

  /// Makes a convolution and one batch normalization for all tasks.
  public func convolution(
    _ path: ParameterPath, normalizedAt norm: ParameterPath, _ shape: ConvolutionShape
  ) -> any StreamLayer {
    StreamwiseLayer(layer: Self.normalizedConvolution(path, norm, shape))
  }

  /// Makes a linear layer after one layer normalization for all tasks, if there is one.
  public func linear(
    _ path: ParameterPath, normalizedAt norm: ParameterPath?, _ shape: LinearShape
  ) -> any StreamLayer {
    SharedLayer(Self.normalizedLinear(path, norm, shape))
  }

  /// A convolution and a batch normalization of its output, as one layer.
  ///
  /// - Parameter layer: what computes the convolution; by default, it does so itself.
  static func normalizedConvolution(
    _ path: ParameterPath, _ norm: ParameterPath, _ shape: ConvolutionShape,
    computedBy layer: (Convolution) -> any Layer = { $0 }
  ) -> any Layer {
    Sequential([
      layer(Convolution(path, shape)), BatchNormalization(norm, channels: shape.outputs, momentum: shape.momentum),
    ])
  }

  /// A linear layer after a layer normalization, if there is one, as one layer.
  static func normalizedLinear(_ path: ParameterPath, _ norm: ParameterPath?, _ shape: LinearShape) -> any Layer {
    let normalization = norm.map { LayerNormalization($0, width: shape.inputs, epsilon: shape.epsilon) }
    let linear = Linear(path, shape)
    return normalization.map { Sequential([$0, linear]) } ?? linear
  }
}

/// A layer that all tasks share, and that in training each stream passes by itself.
struct StreamwiseLayer: StreamLayer {
  let layer: any Layer

  func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    // In training, each stream is normalized by its own statistics, however the streams lie in memory.
    let streams = context.isTraining ? input.unstacked(count: context.tasks.count) : input
    return streams.map { layer($0, context) }
  }
}
