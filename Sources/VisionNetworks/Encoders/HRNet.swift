import NeuralNetworks
import Torch

/// A network of several branches, each half as fine as the one before, which exchange their maps again and again; the
/// entries are named as in timm.
///
/// The features are the outputs of the four branches. Those of published multi-task code are resized bilinearly where
/// branches exchange maps, those of timm to the nearest pixel; the entries are the same, the features differ.
///
/// - Source: Wang et al., *Deep High-Resolution Representation Learning for Visual Recognition*, TPAMI 2020.
public final class HRNet: SteppedEncoder, PretrainedEncoder, FeatureNaming {
  /// The size and form of a network.
  public struct Configuration: Sendable, Equatable {
    /// The channels of the four branches, finest first.
    public var widths = [18, 36, 72, 144]
    /// The number of bottleneck blocks before the branches part.
    public var firstBlocks: Int
    /// The number of basic blocks in each branch of a module.
    public var blocks: Int
    /// The number of modules with two, three and four branches.
    public var modules: [Int]
    /// The way in which the maps of coarser branches are enlarged; defaults to the bilinear one.
    public var fusion = Interpolation.bilinear
    /// The channels of the images, which are three for RGB.
    public var imageChannels = 3

    /// Creates a configuration for RGB images, whose branches have 18, 36, 72 and 144 channels.
    public init(firstBlocks: Int, blocks: Int, modules: [Int]) {
      self.firstBlocks = firstBlocks
      self.blocks = blocks
      self.modules = modules
    }

    /// HRNet-W18: 9,562,260 parameters.
    public static let w18 = Configuration(firstBlocks: 4, blocks: 4, modules: [1, 4, 3])
    /// The small HRNet-W18, version 2: 3,860,720 parameters.
    public static let w18Small = Configuration(firstBlocks: 2, blocks: 2, modules: [1, 3, 2])

    /// The same configuration with branches enlarged to the nearest pixel, as in timm.
    public var nearest: Configuration {
      var copy = self
      copy.fusion = .nearest
      return copy
    }
  }

  /// The network's size and form.
  public let configuration: Configuration
  private let stem: [any StreamLayer]
  private let firstBlocks: [ResidualBlock]
  /// The beginnings of the first two branches, and of each further one.
  private let transitions: [[any StreamLayer]]
  private let modules: [[HighResolutionModule]]

  /// The weight of a batch's statistics in the running ones.
  static let momentum = 0.01

  /// Registers the network's layers, which a kit makes; the kit defaults to layers that all tasks share.
  public init(_ path: ParameterPath, _ configuration: Configuration, kit: any LayerKit = PlainKit()) {
    self.configuration = configuration
    func rectified(
      _ convolution: ParameterPath, _ norm: ParameterPath, from: Int, to: Int, stride: Int
    ) -> any StreamLayer {
      var shape = ConvolutionShape(from: from, to: to, kernel: 3)
      shape.stride = stride
      shape.momentum = Self.momentum
      return RectifiedConvolution(convolution, normalizedAt: norm, shape, kit: kit)
    }
    stem = [
      rectified(path["conv1"], path["bn1"], from: configuration.imageChannels, to: 64, stride: 2),
      rectified(path["conv2"], path["bn2"], from: 64, to: 64, stride: 2),
    ]
    let style = ResidualBlock.Style(kernels: .uniform, momentum: Self.momentum)
    firstBlocks = (0..<configuration.firstBlocks).map {
      ResidualBlock(
        path["layer1"][$0], .bottleneck, from: $0 == 0 ? 64 : 256, planes: 64, style: style, kit: kit)
    }
    let widths = configuration.widths
    var transitions: [[any StreamLayer]] = []
    var modules: [[HighResolutionModule]] = []
    for (index, count) in configuration.modules.enumerated() {
      let branches = index + 2
      transitions.append(
        (index == 0 ? [0, 1] : [branches - 1]).map { branch in
          let transition = path["transition\(index + 1)"][branch]
          let place = branch == 0 ? transition : transition["0"]
          return rectified(
            place["0"], place["1"], from: index == 0 ? 256 : widths[branch - 1], to: widths[branch],
            stride: branch == 0 ? 1 : 2)
        })
      modules.append(
        (0..<count).map {
          HighResolutionModule(
            path["stage\(index + 2)"][$0], widths: Array(widths.prefix(branches)), blocks: configuration.blocks,
            fusion: configuration.fusion, style: style, kit: kit)
        })
    }
    self.transitions = transitions
    self.modules = modules
  }

  /// The channels of the four branches.
  public var featureChannels: [Int] { configuration.widths }
  /// The strides of the four branches: 4, 8, 16 and 32.
  public var featureStrides: [Int] { configuration.widths.indices.map { 4 << $0 } }

  /// The stem, the blocks before the branches part, and the modules with two, three and four branches.
  public var steps: [EncoderStep] {
    let widths = configuration.widths
    let start = EncoderStep("stem", channels: 64, isStem: true, stem)
    let first = EncoderStep("layer1", channels: 256, firstBlocks)
    let branching = zip(transitions, modules).enumerated().map { index, layers in
      EncoderStep("stage\(index + 2)", channels: Array(widths.prefix(index + 2))) { maps, context in
        // The first two branches start from the one map before; a further one starts from the last branch.
        let known = index == 0 ? [] : maps.maps
        let branches = known + layers.0.map { $0(maps.maps[maps.maps.count - 1], context) }
        return StepMaps(layers.1.reduce(branches) { $1($0, context) })
      }
    }
    return [start, first] + branching
  }

  /// Returns the outputs of the four branches.
  public func features(ofSteps outputs: [StepMaps], _ context: ForwardContext) -> [Streams] {
    outputs[outputs.count - 1].maps
  }

  /// Returns whether an entry belongs to what timm's networks have behind the branches: the modules that widen and join
  /// them, and the classifier.
  public func isClassifier(_ name: String) -> Bool {
    ["incre_modules.", "downsamp_modules.", "final_layer.", "classifier."].contains { name.hasPrefix($0) }
  }

  /// Returns the output of the first convolution and those of the branches under the names `feature0` to `feature4`, as
  /// timm numbers them.
  public func namedFeatures(_ images: Tensor, blocks: [Int]) -> [(name: String, tensor: Tensor)] {
    let start = stem[0](Streams(images), .evaluation).shared!
    return ([start] + maps(images, .evaluation)).enumerated().map { ("feature\($0)", $1) }
  }
}

extension HRNet {
  /// The networks of ``EncoderRegistry``.
  public static let entries: [EncoderEntry] = [
    entry("hrnet_w18", alias: "hrnet-w18", .w18),
    entry("hrnet_w18_small_v2", alias: "hrnet-w18-small", .w18Small),
    entry("hrnet_w18_nearest", alias: "hrnet-w18-nearest", .w18.nearest),
    entry("hrnet_w18_small_v2_nearest", alias: "hrnet-w18-small-nearest", .w18Small.nearest),
  ]

  private static func entry(_ name: String, alias: String, _ configuration: Configuration) -> EncoderEntry {
    let modules = configuration.modules.reduce(0, +)
    let resizing = configuration.fusion == .nearest ? "to the nearest pixel, as in timm" : "bilinearly"
    return EncoderEntry(
      name, alias: alias,
      summary: "Four branches of 18 to 144 channels, which exchange maps in \(modules) modules, resized \(resizing).",
      paper: "Deep High-Resolution Representation Learning for Visual Recognition, TPAMI 2020",
      traits: EncoderTraits(sizeMultiple: 32, capabilities: [.batchNormalization, .kitLayers, .steps, .pyramid])
    ) { path, request, kit in
      var configuration = configuration
      configuration.imageChannels = request.imageChannels
      return HRNet(path, configuration, kit: kit)
    }
  }
}
