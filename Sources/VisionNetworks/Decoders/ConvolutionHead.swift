import NeuralNetworks
import Torch

/// A 3×3 convolution with batch normalization and ReLU over all feature maps side by side, a 1×1 convolution,
/// then bilinear to the picture's size.
///
/// - Source: the per-task block of the token-modulation paper, in the form of InvPT's `ConvBlock`.
public struct ConvolutionHead: Decoder {
  private let convolution: Convolution
  private let norm: BatchNormalization
  private let prediction: Convolution

  /// - Parameter width: channels between the convolutions; those of the narrowest map when left out.
  public init(_ path: ParameterPath, inputs: [Int], channels: Int, width: Int? = nil) {
    let width = width ?? inputs.min()!
    convolution = Convolution(
      path["block", "conv"], from: inputs.reduce(0, +), to: width, kernel: 3, hasBias: false)
    norm = BatchNormalization(path["block", "bn1"], channels: width)
    prediction = Convolution(path["linear_pred"], from: width, to: channels, kernel: 1)
  }

  public func callAsFunction(
    _ features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> Tensor {
    let hidden = norm(convolution(features.concatenatedMaps(), context), context).relu()
    return prediction(hidden, context).resized(height: size.height, width: size.width, .bilinear)
  }
}

extension ConvolutionHead {
  /// As the registry knows it.
  public static let entry = DecoderEntry(
    "convolution", summary: "A 3×3 convolution with normalization and a 1×1 convolution over all maps side by side.",
    paper: "Dynamic Token Modulation and Expansion for Multi-Task Learning"
  ) { path, inputs, channels in ConvolutionHead(path, inputs: inputs, channels: channels) }
}
