import NeuralNetworks
import Torch

/// A linear layer over the average of the last feature map, which predicts numbers for the whole image, such as its
/// attributes.
///
/// - Source: the classifier of He et al., *Deep Residual Learning for Image Recognition*, CVPR 2016.
public struct LinearHead: Decoder {
  private let linear: Linear

  /// Registers the linear layer.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - inputs: the channels of the last feature map.
  ///   - channels: the numbers of the prediction.
  public init(_ path: ParameterPath, inputs: Int, channels: Int) {
    linear = Linear(path["linear"], from: inputs, to: channels)
  }

  /// Returns the prediction, batch × channels, which does not depend on the size.
  public func callAsFunction(
    _ features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> Tensor {
    linear(GlobalAveragePooling()(features[features.count - 1], context).flattened(from: 1), context)
  }
}

extension LinearHead {
  /// The entry `linear` of ``DecoderRegistry``.
  public static let entry = DecoderEntry(
    "linear", summary: "A linear layer over the average of the last map: for images as a whole.",
    paper: "Deep Residual Learning for Image Recognition, CVPR 2016", traits: DecoderTraits([.imageLevel])
  ) { path, inputs, channels in LinearHead(path, inputs: inputs.last!, channels: channels) }
}
