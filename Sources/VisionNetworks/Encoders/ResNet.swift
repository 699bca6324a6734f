import NeuralNetworks
import Torch

/// A residual network, whose entries are named as in torchvision. Its features are the outputs of its four layers.
///
/// - Source: He et al., *Deep Residual Learning for Image Recognition*, CVPR 2016; dilation: Yu, Koltun,
///   *Dilated Residual Networks*, CVPR 2017.
public final class ResNet: StagedEncoder, PretrainedEncoder, FeatureNaming {
  /// The size and form of a residual network.
  public struct Configuration: Sendable, Equatable {
    /// The kind of a residual network's blocks.
    public enum BlockKind: Sendable {
      /// Two 3×3 convolutions.
      case basic
      /// A 1×1, a 3×3 and a 1×1 convolution, the last of which widens to four times the channels.
      case bottleneck
    }

    /// The kind of all blocks.
    public var blockKind: BlockKind
    /// The number of blocks in each of the four layers.
    public var depths: [Int]
    /// Whether layers 3 and 4 keep the resolution and dilate their kernels: output stride 8.
    public var isDilated: Bool
    /// The number of the classifier's classes; nil for an encoder without a classifier.
    public var classes: Int?
    /// The channels of the images, which are three for RGB.
    public var imageChannels = 3

    /// Creates a configuration for RGB images.
    public init(_ blockKind: BlockKind, depths: [Int], isDilated: Bool = false, classes: Int? = nil) {
      self.blockKind = blockKind
      self.depths = depths
      self.isDilated = isDilated
      self.classes = classes
    }

    /// ResNet-18: 8 basic blocks.
    public static let resNet18 = Configuration(.basic, depths: [2, 2, 2, 2])
    /// ResNet-34: 16 basic blocks.
    public static let resNet34 = Configuration(.basic, depths: [3, 4, 6, 3])
    /// ResNet-50: 16 bottleneck blocks.
    public static let resNet50 = Configuration(.bottleneck, depths: [3, 4, 6, 3])
    /// ResNet-101: 33 bottleneck blocks.
    public static let resNet101 = Configuration(.bottleneck, depths: [3, 4, 23, 3])

    /// The same configuration with dilated kernels in layers 3 and 4, whose output stride is 8.
    public var dilated: Configuration {
      var copy = self
      copy.isDilated = true
      return copy
    }

    var expansion: Int { blockKind == .basic ? 1 : 4 }
  }

  /// The network's size and form.
  public let configuration: Configuration
  /// The stem with its pooling, and the four layers.
  public let stages: [EncoderStage]
  private let classifier: Linear?

  /// Registers the network's layers, which a kit makes; the kit defaults to layers that all tasks share.
  public init(_ path: ParameterPath, _ configuration: Configuration, kit: any LayerKit = PlainKit()) {
    self.configuration = configuration
    var stemShape = ConvolutionShape(from: configuration.imageChannels, to: 64, kernel: 7)
    stemShape.stride = 2
    stemShape.weight = .kaiming(fanOut: 64 * 49)
    var stages = [
      EncoderStage(
        "conv", channels: 64, [PooledStem(kit.convolution(path["conv1"], normalizedAt: path["bn1"], stemShape))])
    ]
    var channels = 64
    var dilation = 1
    for (index, depth) in configuration.depths.enumerated() {
      let planes = 64 << index
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
            dilation: dilation, kit: kit))
        channels = planes * configuration.expansion
      }
      stages.append(EncoderStage("layer\(index + 1)", channels: channels, blocks))
    }
    self.stages = stages
    let width = channels
    classifier = configuration.classes.map { Linear(path["fc"], from: width, to: $0) }
  }

  /// The channels of the four layers: 64 to 512 of basic blocks, 256 to 2048 of bottlenecks.
  public var featureChannels: [Int] { (0..<4).map { (64 << $0) * configuration.expansion } }
  /// The strides of the four layers: 4, 8, 16 and 32, or 4, 8, 8 and 8 if the network is dilated.
  public var featureStrides: [Int] { configuration.isDilated ? [4, 8, 8, 8] : [4, 8, 16, 32] }

  /// Returns the outputs of the four layers.
  public func features(ofStages outputs: [Streams]) -> [Streams] { Array(outputs.dropFirst()) }

  /// Returns whether an entry belongs to `fc`, the classifier in torchvision and timm.
  public func isClassifier(_ name: String) -> Bool { name.hasPrefix("fc.") }

  /// Returns the class scores, batch × classes, from the last feature map. A network without a classifier stops the
  /// process.
  public func logits(_ features: [Tensor], _ context: ForwardContext) -> Tensor {
    guard let classifier else { fatalError("this network was built without a classifier") }
    return classifier(GlobalAveragePooling()(features[3], context).flattened(from: 1), context)
  }

  /// Returns the outputs of the four layers under the names `layer1` to `layer4`.
  public func namedFeatures(_ images: Tensor, blocks: [Int]) -> [(name: String, tensor: Tensor)] {
    maps(images, .evaluation).enumerated().map { ("layer\($0 + 1)", $1) }
  }
}

/// A convolution with what follows it in the stem: an activation and a pooling.
private struct PooledStem: StreamLayer {
  private let convolution: any StreamLayer

  init(_ convolution: any StreamLayer) { self.convolution = convolution }

  func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    convolution(input, context).mapChannels { $0.relu().maxPooled(kernel: 3, stride: 2, padding: 1) }
  }
}

extension ResNet {
  /// The residual networks of ``EncoderRegistry``.
  public static let entries: [EncoderEntry] = [
    entry("resnet18", alias: "resnet-18", .resNet18), entry("resnet34", alias: "resnet-34", .resNet34),
    entry("resnet50", alias: "resnet-50", .resNet50), entry("resnet101", alias: "resnet-101", .resNet101),
    entry("resnet18_dilated", alias: "resnet-18-dilated", .resNet18.dilated),
    entry("resnet34_dilated", alias: "resnet-34-dilated", .resNet34.dilated),
    entry("resnet50_dilated", alias: "resnet-50-dilated", .resNet50.dilated),
    entry("resnet101_dilated", alias: "resnet-101-dilated", .resNet101.dilated),
  ]

  private static func entry(_ name: String, alias: String, _ configuration: Configuration) -> EncoderEntry {
    let blocks = configuration.blockKind == .basic ? "basic" : "bottleneck"
    let count = configuration.depths.reduce(0, +)
    return EncoderEntry(
      name, alias: alias,
      summary:
        "A residual network of \(count) \(blocks) blocks\(configuration.isDilated ? ", dilated to stride 8" : "").",
      paper: configuration.isDilated
        ? "Dilated Residual Networks, CVPR 2017" : "Deep Residual Learning for Image Recognition, CVPR 2016",
      traits: EncoderTraits(
        sizeMultiple: 32,
        capabilities: configuration.isDilated
          ? [.batchNormalization, .kitLayers, .stages] : [.batchNormalization, .kitLayers, .stages, .pyramid])
    ) { path, request, kit in
      var configuration = configuration
      configuration.imageChannels = request.imageChannels
      return ResNet(path, configuration, kit: kit)
    }
  }
}
