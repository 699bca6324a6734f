import NeuralNetworks

/// The decoders by name.
public enum DecoderKind: String, Sendable, CaseIterable {
  /// All feature maps side by side, one 1×1 convolution.
  case multiScale = "multi-scale"
  /// All feature maps side by side, a 3×3 convolution with normalization, one 1×1 convolution.
  case convolution
  /// Atrous spatial pyramid pooling over the last feature map.
  case aspp
  /// A 3×3 and a 1×1 convolution over the last feature map, as SegNet's heads are.
  case plain

  /// The part of the state dict that public implementations keep such decoders in.
  var collection: String { self == .aspp ? "decoders" : "heads" }

  func make(_ path: ParameterPath, encoder: any Encoder, channels: Int) -> any Decoder {
    switch self {
    case .multiScale: MultiScaleHead(path, inputs: encoder.featureChannels, channels: channels)
    case .convolution: ConvolutionHead(path, inputs: encoder.featureChannels, channels: channels)
    case .aspp: ASPPHead(path, inputs: encoder.featureChannels.last!, channels: channels)
    case .plain: PlainHead(path, inputs: encoder.featureChannels.last!, channels: channels)
    }
  }
}
