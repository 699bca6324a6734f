import MultitaskLearning
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
  /// The number of patches of a transformer of which the rows and columns of patches have to be multiples.
  public var gridMultiple: Int
  /// The form of a transformer's features from which the decoders start.
  public var readout: EncoderRequest.Readout

  /// Creates traits; by default, decoders have no property, and take the maps of every encoder.
  public init(
    _ capabilities: Set<Capability> = [], requirements: Set<EncoderTraits.Capability> = [], sizeMultiple: Int = 1,
    gridMultiple: Int = 1, readout: EncoderRequest.Readout = .maps
  ) {
    self.capabilities = capabilities
    self.requirements = requirements
    self.sizeMultiple = sizeMultiple
    self.gridMultiple = gridMultiple
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
  /// The parameters that can be set, in the order in which they are listed; empty if there are none.
  public let parameters: [MethodParameter]
  private let create: Factory
  private let configure: @Sendable (MethodSettings) throws -> Factory

  /// A function that builds the decoders of all tasks at the root of a network's names.
  public typealias Factory = @Sendable (_ root: ParameterPath, DecoderRequest) -> any TaskDecoders

  /// Creates an entry with parameters, whose decoders are built for all tasks together.
  ///
  /// - Parameters:
  ///   - name: the name, as configurations write it.
  ///   - summary: one sentence that says what the entry is.
  ///   - paper: the title, venue and year of the publication.
  ///   - traits: the properties that are known before decoders are built, whatever the parameters; none of them by
  ///     default.
  ///   - parameters: the parameters that can be set. Each has a default, with which the entry builds decoders until
  ///     ``with(_:)`` sets others.
  ///   - configure: returns the function that builds decoders with values of the parameters that are known to be
  ///     allowed, or throws an error about values that do not go together.
  public init(
    _ name: String, summary: String, paper: String, traits: DecoderTraits = DecoderTraits(),
    parameters: [MethodParameter], configure: @escaping @Sendable (MethodSettings) throws -> Factory
  ) {
    self.name = name
    self.summary = summary
    self.paper = paper
    self.traits = traits
    self.parameters = parameters
    self.configure = configure
    do {
      create = try configure(MethodSettings([:], parameters: parameters, method: name, tasks: []))
    } catch { fatalError("the defaults of \(name): \(error)") }
  }

  private init(_ entry: DecoderEntry, _ create: @escaping Factory) {
    name = entry.name
    summary = entry.summary
    paper = entry.paper
    traits = entry.traits
    parameters = entry.parameters
    configure = entry.configure
    self.create = create
  }

  /// Returns the same entry, which builds decoders with other values of its parameters; what is not given has its
  /// default.
  ///
  /// - Throws: `MethodError` for a setting that is unknown or not allowed; what the entry says about values that do
  ///   not go together.
  public func with(_ settings: [String: MethodSetting]) throws -> DecoderEntry {
    DecoderEntry(
      self, try configure(MethodSettings(settings, parameters: parameters, method: name, tasks: [])))
  }

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
    create: @escaping Factory
  ) {
    self.init(name, summary: summary, paper: paper, traits: traits, parameters: []) { _ in create }
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
