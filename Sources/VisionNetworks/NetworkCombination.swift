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

  /// Returns every combination of the registries' entries, with the defaults of their parameters, that the traits
  /// allow: ``NetworkPlan/check()``. A way of sharing without defaults for all parameters is left out.
  public static func all() -> [NetworkCombination] {
    let ways = SharingRegistry.shared.entries.compactMap { entry in
      (try? entry.make(tasks: ["a", "b"])).map { (entry.name, $0) }
    }
    return EncoderRegistry.shared.entries.flatMap { encoder in
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
