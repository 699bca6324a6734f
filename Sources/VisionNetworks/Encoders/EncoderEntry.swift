import NeuralNetworks
import Support

/// The description of an encoder in the registry, and a way to build it.
public struct EncoderEntry: Registered {
  /// The name, which is that of timm or torchvision if they have the encoder.
  public let name: String
  /// A shorter name for the command line; nil if there is none.
  public let alias: String?
  /// One sentence that says what the encoder is.
  public let summary: String
  /// The title, venue and year of the publication that describes the architecture.
  public let paper: String
  /// The properties that are known before the encoder is built.
  public let traits: EncoderTraits
  private let create: @Sendable (ParameterPath, EncoderRequest, any LayerKit) -> any Encoder

  /// Creates an entry.
  ///
  /// - Parameters:
  ///   - name: the name, as configurations write it.
  ///   - alias: a shorter name for the command line; nil if there is none.
  ///   - summary: one sentence that says what the entry is.
  ///   - paper: the title, venue and year of the publication.
  ///   - traits: the properties that are known before the encoder is built.
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

  /// Builds the encoder at a path, of layers from a kit, which defaults to layers that all tasks share.
  public func make(_ path: ParameterPath, _ request: EncoderRequest, kit: any LayerKit = PlainKit()) -> any Encoder {
    create(path, request, kit)
  }
}
