import NeuralNetworks
import Torch

/// One 1×1 convolution over the last feature map, whose output is resized bilinearly to the size of the image.
///
/// - Source: the single-scale transformer decoder of *Selective Task Group Updates for Multi-Task Optimization*, ICLR
///   2025, in its public code.
public struct LastMapHead: Decoder {
  private let head: MultiScaleHead

  /// Registers the convolution.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - inputs: the channels of the last feature map.
  ///   - channels: the channels of the prediction.
  public init(_ path: ParameterPath, inputs: Int, channels: Int) {
    head = MultiScaleHead(path, inputs: [inputs], channels: channels)
  }

  /// Returns the prediction, resized bilinearly: batch × channels × height × width.
  public func callAsFunction(
    _ features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> Tensor {
    head(Array(features.suffix(1)), size: size, context)
  }
}

extension LastMapHead {
  /// The entry `last-map` of ``DecoderRegistry``.
  public static let entry = DecoderEntry(
    "last-map", summary: "One 1×1 convolution over the last map.",
    paper: "Selective Task Group Updates for Multi-Task Optimization, ICLR 2025"
  ) { path, inputs, channels in LastMapHead(path, inputs: inputs.last!, channels: channels) }
}
