import NeuralNetworks
import Support

/// The properties of decoders that are known before they are built.
public struct DecoderTraits: Sendable, Hashable {
  /// A property on which batches, sharing or the kinds of tasks depend.
  public enum Capability: Sendable {
    /// The decoder normalizes over one value for each image in training, so that a batch needs at least two images.
    case batchOfImages
    /// The tasks exchange features: the decoders need the features of all tasks, whichever predictions are asked for.
    case exchange
    /// The decoder predicts numbers for a whole image, not for its pixels.
    case imageLevel
  }

  /// The properties that the decoders have.
  public var capabilities: Set<Capability>
  /// The properties that an encoder needs for these decoders.
  public var requirements: Set<EncoderTraits.Capability>
  /// The number of pixels of which height and width of images have to be multiples, beside what the encoder demands.
  public var sizeMultiple: Int
  /// The form of a transformer's features from which the decoders start.
  public var readout: EncoderRequest.Readout

  /// Creates traits; by default, decoders have no property, and take the maps of every encoder.
  public init(
    _ capabilities: Set<Capability> = [], requirements: Set<EncoderTraits.Capability> = [], sizeMultiple: Int = 1,
    readout: EncoderRequest.Readout = .maps
  ) {
    self.capabilities = capabilities
    self.requirements = requirements
    self.sizeMultiple = sizeMultiple
    self.readout = readout
  }

  /// Returns whether the decoders have a property.
  public func has(_ capability: Capability) -> Bool { capabilities.contains(capability) }
}

/// The description of a kind of decoder in the registry, and a way to build it.
public struct DecoderEntry: Registered {
  /// The name, as configurations write it.
  public let name: String
  /// One sentence that says what the decoder does.
  public let summary: String
  /// The title, venue and year of the publication that describes the decoder.
  public let paper: String
  /// The properties that are known before decoders are built.
  public let traits: DecoderTraits
  private let create: @Sendable (ParameterPath, DecoderRequest) -> any TaskDecoders

  /// Creates an entry whose decoders are built for all tasks together.
  ///
  /// - Parameters:
  ///   - name: the name, as configurations write it.
  ///   - summary: one sentence that says what the entry is.
  ///   - paper: the title, venue and year of the publication.
  ///   - traits: the properties that are known before decoders are built; none of them by default.
  ///   - create: builds the decoders of all tasks; the path is the root of the network's names.
  public init(
    _ name: String, summary: String, paper: String, traits: DecoderTraits = DecoderTraits(),
    create: @escaping @Sendable (_ root: ParameterPath, DecoderRequest) -> any TaskDecoders
  ) {
    self.name = name
    self.summary = summary
    self.paper = paper
    self.traits = traits
    self.create = create
  }

  /// Creates an entry whose decoders are built for each task by itself.
  ///
  /// - Parameters:
  ///   - name: the name, as configurations write it.
  ///   - summary: one sentence that says what the entry is.
  ///   - paper: the title, venue and year of the publication.
  ///   - traits: the properties that are known before decoders are built; none of them by default.
  ///   - collection: the part of the state dict that holds them: `heads.TASK`.
  ///   - decoder: builds one task's decoder at its path, for maps of the given channels.
  public init(
    _ name: String, summary: String, paper: String, traits: DecoderTraits = DecoderTraits(),
    collection: String = "heads",
    decoder: @escaping @Sendable (ParameterPath, _ inputs: [Int], _ channels: Int) -> any Decoder
  ) {
    self.init(name, summary: summary, paper: paper, traits: traits) { root, request in
      IndependentDecoders(
        request.outputs.map { output in
          let path = root[collection][output.task].reached(by: .task(output.task))
          return decoder(path, request.featureChannels, output.channels)
        })
    }
  }

  /// Builds the decoders of all tasks at the root of a network's names.
  public func make(_ root: ParameterPath, _ request: DecoderRequest) -> any TaskDecoders { create(root, request) }
}
