import MultitaskLearning
import Support

/// An encoder, a way of sharing and a decoder that go together, by their names in the registries.
public struct NetworkCombination: Sendable, Hashable {
  /// The name of the encoder.
  public let encoder: String
  /// The name of the way of sharing.
  public let sharing: String
  /// The name of the decoder.
  public let decoder: String

  /// Creates a combination, which need not go together.
  public init(encoder: String, sharing: String, decoder: String) {
    self.encoder = encoder
    self.sharing = sharing
    self.decoder = decoder
  }

  /// Returns every combination of the registries' entries, with the defaults of their parameters, that the traits
  /// allow: ``NetworkPlan/check()``. A way of sharing without defaults for all parameters is left out.
  ///
  /// - Parameter encoder: the name of the only encoder that is wanted; nil, the default, for all.
  public static func all(of encoder: String? = nil) -> [NetworkCombination] {
    let ways = SharingRegistry.shared.entries.compactMap { entry in
      (try? entry.make(tasks: ["a", "b"])).map { (entry.name, $0) }
    }
    let encoders = EncoderRegistry.shared.entries.filter { encoder == nil || $0.name == encoder }
    return encoders.flatMap { encoder in
      ways.flatMap { name, sharing in
        DecoderRegistry.shared.entries.compactMap { decoder in
          let plan = NetworkPlan(
            encoder: encoder, sharing: sharing, decoder: decoder, outputs: [],
            request: EncoderRequest(imageHeight: 1, imageWidth: 1))
          guard (try? plan.check()) != nil else { return nil }
          return NetworkCombination(encoder: encoder.name, sharing: name, decoder: decoder.name)
        }
      }
    }
  }
}
