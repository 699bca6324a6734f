import NeuralNetworks
import Torch

/// A residual network; entries named as in torchvision. Its features are the outputs of its four layers.
///
/// - Source: He et al., *Deep Residual Learning for Image Recognition*, CVPR 2016; dilation: Yu, Koltun,
///   *Dilated Residual Networks*, CVPR 2017.
public final class ResNet: Encoder {
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
    /// The size of the classifier; none for an encoder alone.
    public var classes: Int?
    /// The tasks that have batch normalizations of their own; none where all share them.
    public var normalizationTasks: [String]?

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
  private let stem: Convolution
  private let stemNorm: TaskNormalization
  private let layers: [[ResidualBlock]]
  private let classifier: Linear?

  public init(_ path: ParameterPath, _ configuration: Configuration) {
    self.configuration = configuration
    stem = Convolution(
      path["conv1"], from: 3, to: 64, kernel: 7, stride: 2, hasBias: false, weight: .kaiming(fanOut: 64 * 49))
    stemNorm = TaskNormalization(path["bn1"], channels: 64, tasks: configuration.normalizationTasks)
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
            dilation: dilation, normalizationTasks: configuration.normalizationTasks))
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

  public func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Tensor] {
    var x = context.stacked(stem(images, context)).maxPooledAfterStem(stemNorm, context)
    return layers.map { layer in
      x = layer.reduce(x) { $1($0, context) }
      return x
    }
  }

  public var normalizedConvolutions: [NormalizedConvolution] {
    ([(stem, stemNorm)] + layers.joined().flatMap(\.normalized)).compactMap { NormalizedConvolution($0, $1) }
  }

  public func pretrainedName(of name: String) -> String {
    TaskNormalization.plainName(of: name, tasks: configuration.normalizationTasks)
  }

  /// As torchvision and timm call it.
  public func isClassifier(_ name: String) -> Bool { name.hasPrefix("fc.") }

  /// Class scores from the last feature map.
  public func logits(_ features: [Tensor], _ context: ForwardContext) -> Tensor {
    guard let classifier else { fatalError("this network was built without a classifier") }
    return classifier(GlobalAveragePooling()(features[3], context).flattened(from: 1), context)
  }

  public func namedFeatures(_ images: Tensor, blocks: [Int]) -> [(name: String, tensor: Tensor)] {
    self(images, .evaluation).enumerated().map { ("layer\($0 + 1)", $1) }
  }
}

extension Tensor {
  fileprivate func maxPooledAfterStem(_ norm: TaskNormalization, _ context: ForwardContext) -> Tensor {
    norm(self, context).relu().maxPooled(kernel: 3, stride: 2, padding: 1)
  }
}
