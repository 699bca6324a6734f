import NeuralNetworks
import Torch

/// Atrous spatial pyramid pooling: parallel convolutions of growing dilation and a global average, over the last
/// feature map.
///
/// The entries are named as in torchvision's DeepLab head.
///
/// - Source: Chen et al., *Rethinking Atrous Convolution for Semantic Image Segmentation*, arXiv 2017, section 3.3.
public struct ASPPHead: Decoder {
  private let branches: [Sequential]
  private let pooled: Sequential
  private let projection: Sequential
  private let prediction: Sequential

  /// Registers the head's layers.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - inputs: the channels of the last feature map.
  ///   - channels: the channels of the prediction.
  ///   - width: the channels of each branch.
  public init(_ path: ParameterPath, inputs: Int, channels: Int, width: Int = 256) {
    func stage(
      _ convolution: ParameterPath, _ norm: ParameterPath, from: Int, kernel: Int, dilation: Int = 1
    ) -> [any Layer] {
      [
        Convolution(convolution, from: from, to: width, kernel: kernel, dilation: dilation, hasBias: false),
        BatchNormalization(norm, channels: width), Activation.relu,
      ]
    }
    let pyramid = path["0", "convs"]
    branches = [(1, 1), (3, 12), (3, 24), (3, 36)].enumerated().map { index, form in
      Sequential(
        stage(pyramid[index]["0"], pyramid[index]["1"], from: inputs, kernel: form.0, dilation: form.1))
    }
    pooled = Sequential(
      [GlobalAveragePooling()] + stage(pyramid["4", "1"], pyramid["4", "2"], from: inputs, kernel: 1))
    projection = Sequential(
      stage(path["0", "project", "0"], path["0", "project", "1"], from: 5 * width, kernel: 1)
        + [Dropout(probability: 0.5)])
    prediction = Sequential(
      stage(path["1"], path["2"], from: width, kernel: 3)
        + [Convolution(path["4"], from: width, to: channels, kernel: 1)])
  }

  /// Returns the prediction, resized bilinearly: batch × channels × height × width.
  public func callAsFunction(
    _ features: [Tensor], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> Tensor {
    logits(features[features.count - 1], context).resized(height: size.height, width: size.width, .bilinear)
  }

  /// Returns the prediction at the size of the feature map.
  ///
  /// In training, the pooled branch normalizes over one value for each image. The variance of a batch of one is zero,
  /// and its running variance NaN: train on batches of at least two.
  public func logits(_ map: Tensor, _ context: ForwardContext) -> Tensor {
    let average = pooled(map, context).expanded([-1, -1, map.shape[2], map.shape[3]])
    let pyramid = branches.map { $0(map, context) } + [average]
    return prediction(projection(.concatenated(pyramid, axis: 1), context), context)
  }
}

extension ASPPHead {
  /// The entry `aspp` of ``DecoderRegistry``.
  public static let entry = DecoderEntry(
    "aspp", summary: "Atrous spatial pyramid pooling over the last map.",
    paper: "Rethinking Atrous Convolution for Semantic Image Segmentation, 2017",
    traits: DecoderTraits([.batchOfImages]), collection: "decoders"
  ) { path, inputs, channels in ASPPHead(path, inputs: inputs.last!, channels: channels) }
}
