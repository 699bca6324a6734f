import NeuralNetworks
import Torch

/// A 3×3 convolution with batch normalization and ReLU over all feature maps side by side, and a 1×1 convolution, whose
/// output is resized bilinearly to the size of the image.
///
/// - Source: the task heads of *Dynamic Token Modulation and Expansion for Multi-Task Learning*, in the form of the
///   `ConvBlock` of Ye, Xu, *Inverted Pyramid Multi-task Transformer for Dense Scene Understanding*, ECCV 2022.
public struct ConvolutionHead: Decoder {
  private let convolution: Convolution
  private let norm: BatchNormalization
  private let prediction: Convolution

  /// Registers the head's layers.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - inputs: the channels of each feature map, finest first.
  ///   - channels: the channels of the prediction.
  ///   - width: the channels between the convolutions; nil for those of the narrowest map.
  public init(_ path: ParameterPath, inputs: [Int], channels: Int, width: Int? = nil) {
    let width = width ?? inputs.min()!
    convolution = Convolution(
      path["block", "conv"], from: inputs.reduce(0, +), to: width, kernel: 3, hasBias: false)
    norm = BatchNormalization(path["block", "bn1"], channels: width)
    prediction = Convolution(path["linear_pred"], from: width, to: channels, kernel: 1)
  }

  /// Returns the prediction, resized bilinearly: batch × channels × height × width.
  public func callAsFunction(
    _ features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> Tensor {
    let hidden = norm(convolution(features.concatenatedMaps(), context), context).relu()
    return prediction(hidden, context).resized(height: size.height, width: size.width, .bilinear)
  }
}

extension ConvolutionHead {
  /// The entry `convolution` of ``DecoderRegistry``.
  public static let entry = DecoderEntry(
    "convolution", summary: "A 3×3 convolution with normalization and a 1×1 convolution over all maps side by side.",
    paper: "Dynamic Token Modulation and Expansion for Multi-Task Learning"
  ) { path, inputs, channels in ConvolutionHead(path, inputs: inputs, channels: channels) }
}
