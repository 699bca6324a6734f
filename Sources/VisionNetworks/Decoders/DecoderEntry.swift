import NeuralNetworks
import Support

/// What is known of decoders before they are built.
public struct DecoderTraits: Sendable, Hashable {
  public enum Capability: Sendable {
    /// In training, it normalizes over one value for each image: a batch needs two of them.
    case batchOfImages
    /// Tasks exchange features: the decoders want the features of all tasks, whichever are asked for.
    case exchange
    /// It predicts numbers for a whole image, not for its pixels.
    case imageLevel
  }

  public var capabilities: Set<Capability>

  public init(_ capabilities: Set<Capability> = []) { self.capabilities = capabilities }

  public func has(_ capability: Capability) -> Bool { capabilities.contains(capability) }
}

/// Decoders as the registry knows them: what they are, and how to build them.
public struct DecoderEntry: Registered {
  public let name: String
  public let summary: String
  /// Where the decoder was published.
  public let paper: String
  public let traits: DecoderTraits
  private let create: @Sendable (ParameterPath, DecoderRequest) -> any TaskDecoders

  /// - Parameter create: builds the decoders of all tasks; the path is the root of the network's names, of stage head.
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

  /// A decoder for each task by itself.
  ///
  /// - Parameters:
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

  public func make(_ root: ParameterPath, _ request: DecoderRequest) -> any TaskDecoders { create(root, request) }
}
