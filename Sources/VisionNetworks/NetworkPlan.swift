import NeuralNetworks
import Support

/// The parts of a network: an encoder, a way in which tasks share it, and decoders.
public struct NetworkPlan: Sendable {
  /// The encoder.
  public var encoder: EncoderEntry
  /// The way in which tasks share the encoder.
  public var sharing: any Sharing
  /// The kind of the decoders.
  public var decoder: DecoderEntry
  /// Every task with the channels of its prediction.
  public var outputs: [TaskOutput]
  /// The images for which the encoder is built.
  public var request: EncoderRequest

  /// Creates a plan, in which tasks share everything up to the decoders by default; its parts are not checked yet.
  public init(
    encoder: EncoderEntry, sharing: any Sharing = HardSharing(), decoder: DecoderEntry, outputs: [TaskOutput],
    request: EncoderRequest
  ) {
    self.encoder = encoder
    self.sharing = sharing
    self.decoder = decoder
    self.outputs = outputs
    self.request = request
  }

  /// Checks whether the encoder can be shared in the plan's way.
  ///
  /// - Throws: ``NetworkError`` that says what the encoder lacks, and which encoders have it.
  public func check() throws {
    try Self.check(sharing, named: "\(type(of: sharing))", of: encoder)
    try sharing.check(encoder, request)
    try Self.check(decoder.traits.requirements, of: "the decoder \(decoder.name)", on: encoder)
    try Self.check(sharing, named: "\(type(of: sharing))", reading: decoder, named: decoder.name)
  }

  /// Checks whether a decoder reads what a way of sharing changes.
  ///
  /// - Parameters:
  ///   - sharing: the way of sharing.
  ///   - name: what errors call the way of sharing.
  ///   - decoder: the kind of the decoders.
  ///   - decoderName: what errors call the decoder.
  /// - Throws: ``NetworkError`` for a way of sharing that turns the channels of maps, and a decoder that reads tokens.
  public static func check(
    _ sharing: any Sharing, named name: String, reading decoder: DecoderEntry, named decoderName: String
  ) throws {
    guard sharing.learnsFromFeatureGradients, decoder.traits.readout == .rawTokens else { return }
    throw NetworkError("\(name) turns the channels of maps, but the decoder \(decoderName) reads tokens")
  }

  /// Whether tasks exchange features within the encoder.
  var exchangesStreams: Bool { sharing.exchangesStreams || encoder.traits.has(.taskFeatures) }
  /// Whether a task's prediction needs the features of all tasks.
  var exchangesFeatures: Bool { exchangesStreams || decoder.traits.has(.exchange) }

  /// Whether all images have to have the size for which the encoder is built.
  public var takesOneSize: Bool { encoder.traits.takesOneSize || sharing.takesOneSize }

  /// The number of pixels of which height and width of images have to be multiples.
  public var sizeMultiple: Int { Self.sizeMultiple(of: encoder, with: decoder) }

  /// Returns the number of pixels of which height and width of images have to be multiples for an encoder with a kind
  /// of decoder.
  public static func sizeMultiple(of encoder: EncoderEntry, with decoder: DecoderEntry) -> Int {
    // The size multiple of a transformer is the side of its patches.
    let (a, b) = (encoder.traits.sizeMultiple * decoder.traits.gridMultiple, decoder.traits.sizeMultiple)
    return a / greatestCommonDivisor(a, b) * b
  }

  /// Checks whether an encoder can be shared in a way that errors call by a name.
  ///
  /// - Throws: ``NetworkError`` that says what the encoder lacks, and which encoders have it.
  public static func check(_ sharing: any Sharing, named name: String, of encoder: EncoderEntry) throws {
    try check(sharing.requirements, of: name, on: encoder)
    let makesFeatures = sharing.partsStreams || sharing.exchangesStreams || sharing.learnsFromFeatureGradients
    guard !encoder.traits.has(.taskFeatures) || !makesFeatures else {
      throw NetworkError(
        "\(encoder.name) makes features of each task by itself, so that tasks cannot share it by \(name), which does so, too: share it hard"
      )
    }
  }

  /// Checks whether an encoder has the properties that a part needs, which errors call by a name.
  ///
  /// - Throws: ``NetworkError`` that says what the encoder lacks, and which encoders have it.
  public static func check(
    _ requirements: Set<EncoderTraits.Capability>, of name: String, on encoder: EncoderEntry
  ) throws {
    guard let lacking = requirements.first(where: { !encoder.traits.has($0) }) else { return }
    let able = EncoderRegistry.shared.entries.filter { requirements.isSubset(of: $0.traits.capabilities) }.map(\.name)
    throw NetworkError(
      "\(name) needs an encoder with \(lacking.rawValue), which \(encoder.name) does not have. These have it: \(able.joined(separator: ", "))"
    )
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }

/// An error about parts that do not fit together, or about something that a network cannot do.
public struct NetworkError: Error, CustomStringConvertible, Sendable {
  /// What does not fit, and what would.
  public let description: String

  /// Creates an error with its whole text, which is cut if it is longer than a person reads.
  public init(_ description: String) { self.description = errorText(description) }
}
