import NeuralNetworks
import Torch

/// A VGG-like encoder and its mirror image, whose unpooling puts values back to the places from which pooling took
/// them.
///
/// The one feature map has the size of the image. Each half has 13 convolutions, all with bias, as in the networks that
/// papers on multi-task optimization train on NYUv2 and Cityscapes. The entries are named as in the public code of Liu
/// et al., *End-to-End Multi-Task Learning with Attention*, CVPR 2019.
///
/// - Source: Badrinarayanan et al., *SegNet: A Deep Convolutional Encoder-Decoder Architecture for Image Segmentation*,
///   TPAMI 2017.
public final class SegNet: SteppedEncoder, PretrainedEncoder, FeatureNaming {
  /// The channels of each of the five resolutions, finest first.
  public static let channels = [64, 128, 256, 512, 512]

  /// The layers of each resolution before pooling, finest first.
  let encoding: [[any StreamLayer]]
  /// The layers of each resolution behind unpooling, finest first.
  let decoding: [[any StreamLayer]]

  /// Registers the network's layers.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - imageChannels: the channels of the images, which are three for RGB.
  ///   - kit: the maker of the layers; defaults to layers that all tasks share.
  public init(_ path: ParameterPath, imageChannels: Int = 3, kit: any LayerKit = PlainKit()) {
    func stage(_ path: ParameterPath, from inputs: Int, to outputs: Int) -> any StreamLayer {
      Self.convolution(path, from: inputs, to: outputs, kit: kit)
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

  /// Registers a 3×3 convolution with bias, whose output is normalized and rectified.
  static func convolution(
    _ path: ParameterPath, from inputs: Int, to outputs: Int, kit: any LayerKit = PlainKit()
  ) -> RectifiedConvolution {
    var shape = ConvolutionShape(from: inputs, to: outputs, kernel: 3)
    shape.hasBias = true
    shape.weight = .xavier(fanIn: inputs * 9, fanOut: outputs * 9)
    shape.bias = .zeros
    return RectifiedConvolution(path["0"], normalizedAt: path["1"], shape, kit: kit)
  }

  /// The channels of the one feature map: 64.
  public var featureChannels: [Int] { [Self.channels[0]] }
  /// The stride of the one feature map: 1.
  public var featureStrides: [Int] { [1] }

  /// The five resolutions before pooling, finest first, and those behind unpooling, coarsest first.
  public var steps: [EncoderStep] {
    let channels = Self.channels
    let down = channels.indices.map { level in
      EncoderStep("encoder_\(level)", channels: [channels[level]]) { [layers = encoding[level]] maps, context in
        maps.passing(layers, context).pooled()
      }
    }
    let up = channels.indices.reversed().map { level in
      EncoderStep("decoder_\(level)", channels: [channels[max(0, level - 1)]]) {
        [layers = decoding[level]] maps, context in maps.unpooled().passing(layers, context)
      }
    }
    return down + up
  }

  /// Returns the one feature map, which has the size of the images.
  public func features(ofSteps outputs: [StepMaps], _ context: ForwardContext) -> [Streams] {
    outputs[outputs.count - 1].maps
  }

  /// Returns whether an entry belongs to a task's head, `pred_task…`, which public multi-task code keeps beside the
  /// trunk.
  public func isClassifier(_ name: String) -> Bool { name.hasPrefix("pred_task") }

  /// Returns the one feature map under the name `features`.
  public func namedFeatures(_ images: Tensor, blocks: [Int]) -> [(name: String, tensor: Tensor)] {
    [("features", maps(images, .evaluation)[0])]
  }
}

extension SegNet {
  /// The entry `segnet` of ``EncoderRegistry``.
  public static let entry = EncoderEntry(
    "segnet", alias: "seg-net", summary: "A VGG-like encoder and its mirror image, at the size of the image.",
    paper: "SegNet: A Deep Convolutional Encoder-Decoder Architecture for Image Segmentation, TPAMI 2017",
    traits: EncoderTraits(sizeMultiple: 32, capabilities: [.batchNormalization, .kitLayers, .steps, .attention])
  ) { path, request, kit in
    SegNet(path, imageChannels: request.imageChannels, kit: kit)
  }
}
