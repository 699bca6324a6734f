import NeuralNetworks

/// A convolution with its normalization, whose output is rectified.
struct RectifiedConvolution: StreamLayer {
  private let convolution: any StreamLayer

  /// Asks a kit for the convolution.
  init(_ path: ParameterPath, normalizedAt norm: ParameterPath, _ shape: ConvolutionShape, kit: any LayerKit) {
    convolution = kit.convolution(path, normalizedAt: norm, shape)
  }

  func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    convolution(input, context).mapChannels { $0.relu() }
  }
}
