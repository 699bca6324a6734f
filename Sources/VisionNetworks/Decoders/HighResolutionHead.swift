import NeuralNetworks
import Torch

/// Two 1×1 convolutions over all feature maps side by side, as wide as all of them together, whose output is resized
/// bilinearly to the size of the image.
///
/// The entries are named as in the public code of Vandenhende et al., *Multi-Task Learning for Dense Prediction Tasks: A
/// Survey*, TPAMI 2021.
///
/// - Source: Sun et al., *High-Resolution Representations for Labeling Pixels and Regions*, arXiv 2019, section 3.2.
public struct HighResolutionHead: Decoder {
  private let hidden: Sequential
  private let prediction: Convolution

  /// Registers the head's layers.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - inputs: the channels of each feature map, finest first.
  ///   - channels: the channels of the prediction.
  public init(_ path: ParameterPath, inputs: [Int], channels: Int) {
    let width = inputs.reduce(0, +)
    let layers = path["last_layer"]
    hidden = Sequential([
      Convolution(layers["0"], from: width, to: width, kernel: 1),
      BatchNormalization(layers["1"], channels: width), Activation.relu,
    ])
    prediction = Convolution(layers["3"], from: width, to: channels, kernel: 1)
  }

  /// Returns the prediction, resized bilinearly: batch × channels × height × width.
  public func callAsFunction(
    _ features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> Tensor {
    prediction(hidden(features.concatenatedMaps(), context), context)
      .resized(height: size.height, width: size.width, .bilinear)
  }
}

extension HighResolutionHead {
  /// The entry `high-resolution` of ``DecoderRegistry``.
  public static let entry = DecoderEntry(
    "high-resolution", summary: "Two 1×1 convolutions over all maps side by side, as HRNet's head has them.",
    paper: "High-Resolution Representations for Labeling Pixels and Regions, 2019", collection: "decoders"
  ) { path, inputs, channels in HighResolutionHead(path, inputs: inputs, channels: channels) }
}
