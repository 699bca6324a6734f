import NeuralNetworks
import Torch

/// The last layers of a mask head: a transposed convolution to twice the size, which is rectified, and a 1×1 convolution
/// to one logit.
///
/// - Source: He et al., *Mask R-CNN*, ICCV 2017, figure 4.
public struct MaskPredictor: Layer {
  private let enlargement: TransposedConvolution
  private let logits: Convolution

  /// Registers `deconv` and `predictor`.
  ///
  /// - Parameters:
  ///   - path: where the layers are registered.
  ///   - channels: the channels of the features.
  ///   - masks: the number of masks; defaults to one.
  public init(_ path: ParameterPath, channels: Int, masks: Int = 1) {
    enlargement = TransposedConvolution(
      path["deconv"], from: channels, to: channels, kernel: 2, stride: 2, weight: .kaiming(fanOut: channels * 4))
    logits = Convolution(
      path["predictor"], from: channels, to: masks, kernel: 1, weight: .normal(deviation: 0.001), bias: .zeros)
  }

  /// Returns logits of regions × masks × 2 height × 2 width.
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    logits(enlargement(input, context).relu(), context)
  }
}
