import NeuralNetworks
import Torch

/// The part of a network that is one task's own: shared features in, the task's prediction out.
public protocol Decoder {
  /// - Parameter size: height and width of the prediction, those of the picture.
  /// - Returns: batch × channels × height × width, before any activation.
  func callAsFunction(
    _ features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> Tensor
}

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

extension [Tensor] {
  /// All maps side by side, at the size of the finest.
  func concatenatedMaps() -> Tensor {
    let (height, width) = (self[0].shape[2], self[0].shape[3])
    let maps = map { map in
      map.shape[2] == height && map.shape[3] == width
        ? map : map.resized(height: height, width: width, .bilinear)
    }
    return .concatenated(maps, axis: 1)
  }
}
