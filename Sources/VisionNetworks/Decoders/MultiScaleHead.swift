import NeuralNetworks
import Torch

/// One 1×1 convolution over all feature maps side by side, whose output is resized bilinearly to the size of the image.
///
/// A 1×1 convolution and bilinear resizing may change places. Maps of different sizes are therefore convolved
/// first, each with its part of the weights: few channels have to be resized instead of all.
///
/// - Source: the multi-scale transformer decoder of *Selective Task Group Updates for Multi-Task Optimization*, ICLR
///   2025.
public struct MultiScaleHead: Decoder {
  private let prediction: Convolution
  private let inputs: [Int]

  /// Registers the convolution.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - inputs: the channels of each feature map, finest first.
  ///   - channels: the channels of the prediction.
  public init(_ path: ParameterPath, inputs: [Int], channels: Int) {
    self.inputs = inputs
    prediction = Convolution(path["linear_pred"], from: inputs.reduce(0, +), to: channels, kernel: 1)
  }

  /// Returns the prediction, resized bilinearly: batch × channels × height × width.
  public func callAsFunction(
    _ features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> Tensor {
    let shape = features[0].shape
    let haveOneSize = features.allSatisfy { $0.shape[2...] == shape[2...] }
    let logits = haveOneSize ? prediction(.concatenated(features, axis: 1), context) : sumOfScales(features)
    return logits.resized(height: size.height, width: size.width, .bilinear)
  }

  /// The same result at the size of the finest map.
  private func sumOfScales(_ features: [Tensor]) -> Tensor {
    let (height, width) = (features[0].shape[2], features[0].shape[3])
    let weights = prediction.weight.value.split(inputs, axis: 1)
    let finest = features[0].convolved(weights[0], prediction.bias?.value)
    return zip(features, weights).dropFirst().reduce(finest) { sum, scale in
      sum + scale.0.convolved(scale.1).resized(height: height, width: width, .bilinear)
    }
  }
}

extension MultiScaleHead {
  /// The entry `multi-scale` of ``DecoderRegistry``.
  public static let entry = DecoderEntry(
    "multi-scale", summary: "One 1×1 convolution over all maps side by side.",
    paper: "Selective Task Group Updates for Multi-Task Optimization, ICLR 2025"
  ) { path, inputs, channels in MultiScaleHead(path, inputs: inputs, channels: channels) }
}
