import NeuralNetworks
import Support
import Torch

/// A feature pyramid over the maps of another encoder: as many maps of one width, to each of which the coarser ones
/// are added.
///
/// The entries are named as in torchvision: those of the encoder begin with `body`, those of the pyramid with `fpn`. Its
/// convolutions have neither normalization nor activation, and all tasks share them in every way of sharing.
///
/// - Source: Lin et al., *Feature Pyramid Networks for Object Detection*, CVPR 2017.
public struct FeaturePyramid: WrappingEncoder, FeatureNaming {
  /// The beginning of the names of the encoder's entries.
  public static let bodyPrefix = "body."
  /// The beginning of the names of the pyramid's entries.
  public static let ownPrefix = "fpn."

  /// The encoder whose maps the pyramid starts from.
  public let body: any Encoder
  /// The channels of every map.
  public let width: Int
  private let topDown: TopDownPyramid

  /// Registers the pyramid's layers.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - width: the channels of every map.
  ///   - makeBody: builds the encoder at a path.
  public init(_ path: ParameterPath, width: Int, over makeBody: (ParameterPath) -> any Encoder) {
    body = makeBody(path["body"])
    self.width = width
    let pyramid = path["fpn"]
    topDown = TopDownPyramid(
      from: body.featureChannels, width: width, projectionPath: { pyramid["inner_blocks"][$0]["0"] },
      outputPath: { pyramid["layer_blocks"][$0]["0"] })
  }

  /// The channels of each map, which are all the pyramid's width.
  public var featureChannels: [Int] { body.featureChannels.map { _ in width } }
  /// The strides of the encoder's maps.
  public var featureStrides: [Int] { body.featureStrides }

  /// Returns the maps of the pyramid, finest first.
  public func wrapped(_ maps: [Streams], _ context: ForwardContext) -> [Streams] { topDown(maps, context) }

  /// Returns the maps under the names `0`, `1` and so on, finest first.
  public func namedFeatures(_ images: Tensor, blocks: [Int]) -> [(name: String, tensor: Tensor)] {
    maps(images, .evaluation).enumerated().map { ("\($0)", $1) }
  }
}

extension FeaturePyramid {
  /// The pyramids of ``EncoderRegistry``, which are as wide as the finest map of their residual networks.
  public static let entries: [EncoderEntry] = [
    ("resnet18", 64), ("resnet34", 64), ("resnet50", 256), ("resnet101", 256),
  ]
  .map { name, width in entry(over: ResNet.entries.first { $0.name == name }!, width: width) }

  /// Creates the entry of a pyramid over an encoder, `resnet18_fpn` over `resnet18`. An encoder without a pyramid of maps
  /// stops the process.
  ///
  /// - Parameters:
  ///   - body: the encoder.
  ///   - width: the channels of every map.
  public static func entry(over body: EncoderEntry, width: Int) -> EncoderEntry {
    require(body.traits.has(.pyramid), "the maps of \(body.name) are no pyramid")
    var traits = body.traits
    traits.capabilities.subtract([.stages, .attention])
    return EncoderEntry(
      body.name + "_fpn", alias: body.alias.map { $0 + "-fpn" },
      summary: "A feature pyramid of \(width) channels over \(body.name).",
      paper: "Feature Pyramid Networks for Object Detection, CVPR 2017", traits: traits
    ) { path, request, kit in
      FeaturePyramid(path, width: width) { body.make($0, request, kit: kit) }
    }
  }
}
