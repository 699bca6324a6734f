import NeuralNetworks
import Support
import Torch

/// One map of all maps of another encoder: these side by side at the size of the finest, after a 1×1 convolution as wide
/// as all of them together.
///
/// The entries are named as in the public code of Vandenhende et al., *Multi-Task Learning for Dense Prediction Tasks: A
/// Survey*, TPAMI 2021, where it is `HighResolutionFuse`: those of the encoder begin with `0`, those of the convolution
/// with `1`.
///
/// - Source: Sun et al., *High-Resolution Representations for Labeling Pixels and Regions*, arXiv 2019, section 3.2.
public struct FusedPyramid: WrappingEncoder, FeatureNaming {
  /// The beginning of the names of the encoder's entries.
  public static let bodyPrefix = "0."
  /// The beginning of the names of the convolution's entries.
  public static let ownPrefix = "1.last_layer."

  /// The encoder whose maps are fused.
  public let body: any Encoder
  private let projection: RectifiedConvolution

  /// Registers the layers.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - kit: the maker of the convolution; defaults to one that all tasks share.
  ///   - makeBody: builds the encoder at a path.
  public init(_ path: ParameterPath, kit: any LayerKit = PlainKit(), over makeBody: (ParameterPath) -> any Encoder) {
    body = makeBody(path["0"])
    let width = body.featureChannels.reduce(0, +)
    var shape = ConvolutionShape(from: width, to: width, kernel: 1)
    shape.hasBias = true
    let layers = path["1", "last_layer"]
    projection = RectifiedConvolution(layers["0"], normalizedAt: layers["1"], shape, kit: kit)
  }

  /// The channels of the one map: those of all maps of the encoder together.
  public var featureChannels: [Int] { [body.featureChannels.reduce(0, +)] }
  /// `1`: the map is the result of the second of two modules.
  public var featureNames: [String] { ["1"] }
  /// The stride of the encoder's finest map.
  public var featureStrides: [Int] { [body.featureStrides[0]] }

  /// Returns the one map of all maps of the encoder.
  public func wrapped(_ maps: [Streams], _ context: ForwardContext) -> [Streams] {
    [projection(Streams.combined(maps) { $0.concatenatedMaps() }, context)]
  }

  /// Returns the one map under the name `features`.
  public func namedFeatures(_ images: Tensor, blocks: [Int]) -> [(name: String, tensor: Tensor)] {
    [("features", maps(images, .evaluation)[0])]
  }
}

extension FusedPyramid {
  /// The fused networks of ``EncoderRegistry``.
  public static let entries: [EncoderEntry] = HRNet.entries.filter { !$0.name.hasSuffix("nearest") }.map(entry(over:))

  /// Creates the entry of an encoder whose maps are fused, `hrnet_w18_fused` over `hrnet_w18`. An encoder without a
  /// pyramid of maps stops the process.
  public static func entry(over body: EncoderEntry) -> EncoderEntry {
    require(body.traits.has(.pyramid), "the maps of \(body.name) are no pyramid")
    var traits = body.traits
    traits.capabilities.subtract([.stages, .attention, .pyramid])
    return EncoderEntry(
      body.name + "_fused", alias: body.alias.map { $0 + "-fused" },
      summary: "One map of all maps of \(body.name), after a 1×1 convolution.",
      paper: "High-Resolution Representations for Labeling Pixels and Regions, 2019", traits: traits
    ) { path, request, kit in
      FusedPyramid(path, kit: kit) { body.make($0, request, kit: kit) }
    }
  }
}
