import NeuralNetworks
import Torch

/// A VGG-like encoder and its mirror image: what the decoding half enlarges goes back to where pooling took it from.
/// Its one feature map has the picture's size; entries are named as in the multi-task codes.
///
/// - Source: Badrinarayanan et al., *SegNet*, TPAMI 2017, as the optimizer papers use it on NYUv2 and Cityscapes: 13
///   convolutions in each half, all with bias.
public final class SegNet: PretrainedEncoder, FeatureNaming {
  public static let channels = [64, 128, 256, 512, 512]

  private let encoding: [[any StreamLayer]]
  private let decoding: [[any StreamLayer]]

  /// - Parameter imageChannels: three for RGB.
  public init(_ path: ParameterPath, imageChannels: Int = 3, kit: any LayerKit = PlainKit()) {
    func stage(_ path: ParameterPath, from inputs: Int, to outputs: Int) -> any StreamLayer {
      var shape = ConvolutionShape(from: inputs, to: outputs, kernel: 3)
      shape.hasBias = true
      shape.weight = .xavier(fanIn: inputs * 9, fanOut: outputs * 9)
      shape.bias = .zeros
      return kit.convolution(path["0"], normalizedAt: path["1"], shape)
    }
    /// One convolution where maps are large, two where they are small.
    func further(_ path: ParameterPath, _ level: Int, _ channels: Int) -> [any StreamLayer] {
      level < 2
        ? [stage(path[level], from: channels, to: channels)]
        : (0..<2).map { stage(path[level][$0], from: channels, to: channels) }
    }
    let channels = Self.channels
    encoding = channels.indices.map { level in
      let inputs = level == 0 ? imageChannels : channels[level - 1]
      return [stage(path["encoder_block"][level], from: inputs, to: channels[level])]
        + further(path["conv_block_enc"], level, channels[level])
    }
    decoding = channels.indices.map { level in
      let outputs = channels[max(0, level - 1)]
      return [stage(path["decoder_block"][level], from: channels[level], to: outputs)]
        + further(path["conv_block_dec"], level, outputs)
    }
  }

  public var featureChannels: [Int] { [Self.channels[0]] }
  public var featureStrides: [Int] { [1] }

  public func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams] {
    func stage(_ input: Streams, _ layers: [any StreamLayer]) -> Streams {
      layers.reduce(input) { stream, layer in layer(stream, context).map { $0.relu() } }
    }
    var x = Streams(images)
    var places: [(indices: Streams, height: Int, width: Int)] = []
    for level in encoding {
      x = stage(x, level)
      let (height, width) = (x.size(ofAxis: 2), x.size(ofAxis: 3))
      let (values, indices) = x.map { map in
        let pooled = map.maxPooledWithIndices(kernel: 2, stride: 2)
        return (pooled.values, pooled.indices)
      }
      places.append((indices, height, width))
      x = values
    }
    for (level, place) in zip(decoding, places).reversed() {
      let unpooled = Streams.combined([x, place.indices]) {
        $0[0].maxUnpooled($0[1], height: place.height, width: place.width)
      }
      x = stage(unpooled, level)
    }
    return [x]
  }

  /// The multi-task codes keep their heads beside the trunk.
  public func isClassifier(_ name: String) -> Bool { name.hasPrefix("pred_task") }

  public func namedFeatures(_ images: Tensor, blocks: [Int]) -> [(name: String, tensor: Tensor)] {
    [("features", maps(images, .evaluation)[0])]
  }
}

extension SegNet {
  /// As the registry knows it.
  public static let entry = EncoderEntry(
    "segnet", alias: "seg-net", summary: "A VGG-like encoder and its mirror image, at the size of the image.",
    paper: "SegNet: A Deep Convolutional Encoder-Decoder Architecture for Image Segmentation, TPAMI 2017",
    traits: EncoderTraits(sizeMultiple: 32, capabilities: [.batchNormalization])
  ) { path, request, kit in
    SegNet(path, imageChannels: request.imageChannels, kit: kit)
  }
}
