import NeuralNetworks
import Torch

/// A residual network, whose entries are named as in torchvision. Its features are the outputs of its layers, four of
/// those for large images and three of those for small ones.
///
/// - Source: He et al., *Deep Residual Learning for Image Recognition*, CVPR 2016; dilation: Yu, Koltun,
///   *Dilated Residual Networks*, CVPR 2017.
public final class ResNet: StagedEncoder, PretrainedEncoder, FeatureNaming {
  /// The network's size and form.
  public let configuration: Configuration
  /// The stem with its pooling, and the four layers.
  public let stages: [EncoderStage]
  private let classifier: Linear?

  /// Registers the network's layers, which a kit makes; the kit defaults to layers that all tasks share.
  public init(_ path: ParameterPath, _ configuration: Configuration, kit: any LayerKit = PlainKit()) {
    self.configuration = configuration
    let stem = configuration.stem
    let stemWidth = configuration.widths[0]
    var stemShape = ConvolutionShape(from: configuration.imageChannels, to: stemWidth, kernel: stem.kernel)
    stemShape.stride = stem.convolutionStride
    stemShape.weight = .kaiming(fanOut: stemWidth * stem.kernel * stem.kernel)
    let start = RectifiedConvolution(path["conv1"], normalizedAt: path["bn1"], stemShape, kit: kit)
    var stages = [
      EncoderStage(
        "conv", channels: stemWidth, stride: stem.stride, stem == .pooled ? [start, HalvingPool()] : [start])
    ]
    let style = ResidualBlock.Style(shortcut: configuration.shortcut)
    var channels = stemWidth
    var dilation = 1
    for (index, (depth, planes)) in zip(configuration.depths, configuration.widths).enumerated() {
      let previousDilation = dilation
      var stride = index == 0 ? 1 : 2
      if configuration.isDilated && index >= 2 {
        dilation *= stride
        stride = 1
      }
      var blocks: [ResidualBlock] = []
      for block in 0..<depth {
        blocks.append(
          ResidualBlock(
            path["layer\(index + 1)"][block], configuration.blockKind, from: channels, planes: planes,
            stride: block == 0 ? stride : 1, firstDilation: block == 0 ? previousDilation : dilation,
            dilation: dilation, style: style, kit: kit))
        channels = planes * configuration.blockKind.expansion
      }
      let strideOfImage = stages[index].stride * stride
      stages.append(EncoderStage("layer\(index + 1)", channels: channels, stride: strideOfImage, blocks))
    }
    self.stages = stages
    let width = channels
    classifier = configuration.classes.map { Linear(path["fc"], from: width, to: $0) }
  }

  /// The channels of the layers: 64 to 512 of basic blocks, 256 to 2048 of bottlenecks, at full width.
  public var featureChannels: [Int] { configuration.widths.map { $0 * configuration.blockKind.expansion } }
  /// `layer1`, `layer2` and so on.
  public var featureNames: [String] { configuration.widths.indices.map { "layer\($0 + 1)" } }
  /// The strides of the layers: 4, 8, 16 and 32, or 4, 8, 8 and 8 if the network is dilated; 1, 2 and 4 of networks for
  /// small images.
  public var featureStrides: [Int] {
    configuration.widths.indices.map {
      configuration.stem.stride << (configuration.isDilated ? min($0, 1) : $0)
    }
  }

  /// Returns the outputs of the layers.
  public func features(ofStages outputs: [Streams]) -> [Streams] { Array(outputs.dropFirst()) }

  /// Returns whether an entry belongs to the classifier: `fc` in torchvision and timm, `linear` in code for small images.
  public func isClassifier(_ name: String) -> Bool { name.hasPrefix("fc.") || name.hasPrefix("linear.") }

  /// Returns the class scores, batch × classes, from the last feature map. A network without a classifier stops the
  /// process.
  public func logits(_ features: [Tensor], _ context: ForwardContext) -> Tensor {
    guard let classifier else { fatalError("this network was built without a classifier") }
    return classifier(GlobalAveragePooling()(features.last!, context).flattened(from: 1), context)
  }

  /// Returns the outputs of the layers under the names `layer1`, `layer2` and so on.
  public func namedFeatures(_ images: Tensor, blocks: [Int]) -> [(name: String, tensor: Tensor)] {
    maps(images, .evaluation).enumerated().map { ("layer\($0 + 1)", $1) }
  }
}

/// The largest of nine values around every second pixel.
private struct HalvingPool: StreamLayer {
  func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    input.mapChannels { $0.maxPooled(kernel: 3, stride: 2, padding: 1) }
  }
}
