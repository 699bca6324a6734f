import NeuralNetworks
import Support

/// An encoder as the registry knows it: what it is, and how to build one.
public struct EncoderEntry: Registered {
  /// As timm or torchvision call it, if they have it.
  public let name: String
  public let alias: String?
  public let summary: String
  /// Where the architecture was published.
  public let paper: String
  public let traits: EncoderTraits
  private let create: @Sendable (ParameterPath, EncoderRequest, any LayerKit) -> any Encoder

  /// - Parameters:
  ///   - alias: a shorter name for the command line, or nil.
  ///   - create: builds the encoder at a path, of layers from a kit.
  public init(
    _ name: String, alias: String? = nil, summary: String, paper: String, traits: EncoderTraits,
    create: @escaping @Sendable (ParameterPath, EncoderRequest, any LayerKit) -> any Encoder
  ) {
    self.name = name
    self.alias = alias
    self.summary = summary
    self.paper = paper
    self.traits = traits
    self.create = create
  }

  public func make(_ path: ParameterPath, _ request: EncoderRequest, kit: any LayerKit = PlainKit()) -> any Encoder {
    create(path, request, kit)
  }
}
