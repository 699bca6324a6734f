import NeuralNetworks
import Torch

/// A residual network; entries named as in torchvision. Its features are the outputs of its four layers.
///
/// - Source: He et al., *Deep Residual Learning for Image Recognition*, CVPR 2016; dilation: Yu, Koltun,
///   *Dilated Residual Networks*, CVPR 2017.
public final class ResNet: PretrainedEncoder, FeatureNaming {
  public struct Configuration: Sendable, Equatable {
    public enum BlockKind: Sendable {
      case basic
      case bottleneck
    }

    public var blockKind: BlockKind
    /// Blocks in each of the four layers.
    public var depths: [Int]
    /// Whether layers 3 and 4 keep the resolution and dilate their kernels: output stride 8.
    public var isDilated: Bool
    /// The size of the classifier; nil for an encoder alone.
    public var classes: Int?
    /// Three for RGB.
    public var imageChannels = 3

    public init(_ blockKind: BlockKind, depths: [Int], isDilated: Bool = false, classes: Int? = nil) {
      self.blockKind = blockKind
      self.depths = depths
      self.isDilated = isDilated
      self.classes = classes
    }

    public static let resNet18 = Configuration(.basic, depths: [2, 2, 2, 2])
    public static let resNet34 = Configuration(.basic, depths: [3, 4, 6, 3])
    public static let resNet50 = Configuration(.bottleneck, depths: [3, 4, 6, 3])
    public static let resNet101 = Configuration(.bottleneck, depths: [3, 4, 23, 3])

    public var dilated: Configuration {
      var copy = self
      copy.isDilated = true
      return copy
    }

    var expansion: Int { blockKind == .basic ? 1 : 4 }
  }

  public let configuration: Configuration
  private let stem: any StreamLayer
  private let layers: [[ResidualBlock]]
  private let classifier: Linear?

  public init(_ path: ParameterPath, _ configuration: Configuration, kit: any LayerKit = PlainKit()) {
    self.configuration = configuration
    var stemShape = ConvolutionShape(from: configuration.imageChannels, to: 64, kernel: 7)
    stemShape.stride = 2
    stemShape.weight = .kaiming(fanOut: 64 * 49)
    stem = kit.convolution(path["conv1"], normalizedAt: path["bn1"], stemShape)
    var channels = 64
    var dilation = 1
    var layers: [[ResidualBlock]] = []
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
      layers.append(blocks)
    }
    self.layers = layers
    let width = channels
    classifier = configuration.classes.map { Linear(path["fc"], from: width, to: $0) }
  }

  public var featureChannels: [Int] { (0..<4).map { (64 << $0) * configuration.expansion } }
  public var featureStrides: [Int] { configuration.isDilated ? [4, 8, 8, 8] : [4, 8, 16, 32] }

  public func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams] {
    var x = stem(Streams(images), context).map { $0.relu().maxPooled(kernel: 3, stride: 2, padding: 1) }
    return layers.map { layer in
      x = layer.reduce(x) { $1($0, context) }
      return x
    }
  }

  /// As torchvision and timm call it.
  public func isClassifier(_ name: String) -> Bool { name.hasPrefix("fc.") }

  /// Class scores from the last feature map.
  public func logits(_ features: [Tensor], _ context: ForwardContext) -> Tensor {
    guard let classifier else { fatalError("this network was built without a classifier") }
    return classifier(GlobalAveragePooling()(features[3], context).flattened(from: 1), context)
  }

  public func namedFeatures(_ images: Tensor, blocks: [Int]) -> [(name: String, tensor: Tensor)] {
    maps(images, .evaluation).enumerated().map { ("layer\($0 + 1)", $1) }
  }
}

extension ResNet {
  /// As the registry knows them.
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
      traits: EncoderTraits(sizeMultiple: 32, capabilities: [.batchNormalization])
    ) { path, request, kit in
      var configuration = configuration
      configuration.imageChannels = request.imageChannels
      return ResNet(path, configuration, kit: kit)
    }
  }
}
