import NeuralNetworks
import Support

/// What a network is made of: an encoder, how tasks share it, and decoders.
public struct NetworkPlan: Sendable {
  public var encoder: EncoderEntry
  public var sharing: any Sharing
  public var decoder: DecoderEntry
  /// Every task with the channels of its prediction.
  public var outputs: [TaskOutput]
  /// What the encoder is built for.
  public var request: EncoderRequest

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

  /// Finds out whether the encoder can be shared so.
  ///
  /// - Throws: ``NetworkError`` that says what the encoder lacks, and which encoders have it.
  public func check() throws {
    try Self.check(sharing, named: "\(type(of: sharing))", of: encoder)
  }

  /// As ``check()``, for a way of sharing by the name that errors call it.
  public static func check(_ sharing: any Sharing, named name: String, of encoder: EncoderEntry) throws {
    let requirements = sharing.requirements
    guard let lacking = requirements.first(where: { !encoder.traits.has($0) }) else { return }
    let able = EncoderRegistry.shared.entries.filter { requirements.isSubset(of: $0.traits.capabilities) }.map(\.name)
    throw NetworkError(
      "\(name) needs an encoder with \(lacking.rawValue), which \(encoder.name) does not have. These have it: \(able.joined(separator: ", "))"
    )
  }
}

/// Parts that make no network together, or something that a network cannot do.
public struct NetworkError: Error, CustomStringConvertible, Sendable {
  public let description: String

  public init(_ description: String) { self.description = errorText(description) }
}
