import NeuralNetworks
import Torch

/// A 3×3 and a 1×1 convolution over the last feature map without an activation between them, whose output is resized
/// bilinearly to the size of the image.
///
/// - Source: the task heads beside the SegNet of Liu et al., *End-to-End Multi-Task Learning with Attention*, CVPR
///   2019, in its public code.
public struct PlainHead: Decoder {
  private let convolution: Convolution
  private let prediction: Convolution

  /// Registers the convolutions.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - inputs: the channels of the last feature map.
  ///   - channels: the channels of the prediction.
  public init(_ path: ParameterPath, inputs: Int, channels: Int) {
    convolution = Convolution(
      path["0"], from: inputs, to: inputs, kernel: 3, weight: .xavier(fanIn: inputs * 9, fanOut: inputs * 9),
      bias: .zeros)
    prediction = Convolution(
      path["1"], from: inputs, to: channels, kernel: 1, weight: .xavier(fanIn: inputs, fanOut: channels), bias: .zeros)
  }

  /// Returns the prediction, resized bilinearly: batch × channels × height × width.
  public func callAsFunction(
    _ features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> Tensor {
    prediction(convolution(features.last!, context), context)
      .resized(height: size.height, width: size.width, .bilinear)
  }
}

extension PlainHead {
  /// The entry `plain` of ``DecoderRegistry``.
  public static let entry = DecoderEntry(
    "plain", summary: "A 3×3 and a 1×1 convolution over the last map, as SegNet's heads are.",
    paper: "SegNet: A Deep Convolutional Encoder-Decoder Architecture for Image Segmentation, TPAMI 2017"
  ) { path, inputs, channels in PlainHead(path, inputs: inputs.last!, channels: channels) }
}
