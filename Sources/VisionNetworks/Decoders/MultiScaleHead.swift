import NeuralNetworks
import Torch

/// One 1×1 convolution over all feature maps side by side, then bilinear to the picture's size.
///
/// - Source: the multi-scale transformer decoder of the selective-task-groups system.
public struct MultiScaleHead: Decoder {
  private let prediction: Convolution

  public init(_ path: ParameterPath, inputs: [Int], channels: Int) {
    prediction = Convolution(path["linear_pred"], from: inputs.reduce(0, +), to: channels, kernel: 1)
  }

  public func callAsFunction(
    _ features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> Tensor {
    prediction(features.concatenatedMaps(), context)
      .resized(height: size.height, width: size.width, .bilinear)
  }
}
