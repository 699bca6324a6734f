import Support
import VisionNetworks

/// The parts of networks as text: encoders, decoders, ways of sharing.
public enum NetworkCatalogue {
  /// A list of all parts, with a line for each.
  public static var overview: String {
    [
      CatalogueText.section(
        "Encoders (network.encoder): images in, feature maps out",
        EncoderRegistry.shared.entries.map {
          (([$0.name, $0.alias].compactMap { $0 }).joined(separator: ", "), $0.summary)
        }),
      CatalogueText.section(
        "Decoders (network.decoder): from feature maps to each task's prediction",
        DecoderRegistry.shared.entries.map { ($0.name, $0.summary) }),
      CatalogueText.section(
        "Ways of sharing (network.sharing): what of the encoder do the tasks share?",
        SharingRegistry.shared.entries.map { ($0.name, $0.summary) }),
    ].joined(separator: "\n\n")
  }

  /// Returns the description of a part: what it does, where it comes from, and which other parts it can be combined
  /// with.
  ///
  /// - Throws: ``ConfigurationError`` with the nearest name if there is no such part.
  public static func description(of name: String) throws -> String {
    if let encoder = EncoderRegistry.shared.entry(name) { return describe(encoder) }
    if let decoder = DecoderRegistry.shared.entry(name) { return describe(decoder) }
    if let sharing = SharingRegistry.shared.entry(name) {
      let text = CatalogueText.description(of: sharing, kind: "way of sharing", field: "network.sharing")
      // A way of sharing that needs a file says with it which encoders it is for.
      guard let made = try? sharing.make(tasks: ["a", "b"]) else { return text }
      return text + "\n  encoders: \(encoders(with: made.requirements).joined(separator: ", "))"
    }
    throw ConfigurationError(unknownName("part of a network", name, among: allNames))
  }

  private static var allNames: [String] {
    EncoderRegistry.shared.names + DecoderRegistry.shared.names + SharingRegistry.shared.names
  }

  private static func describe(_ encoder: EncoderEntry) -> String {
    var lines = ["\(encoder.name) (encoder)", "  \(encoder.summary)", "  paper: \(encoder.paper)"]
    if let alias = encoder.alias { lines.append("  also called \(alias)") }
    lines.append("  images: both sides are multiples of \(encoder.traits.sizeMultiple)")
    let capabilities = encoder.traits.capabilities.map(\.rawValue).sorted()
    if !capabilities.isEmpty { lines.append("  has: \(capabilities.joined(separator: ", "))") }
    return lines.joined(separator: "\n")
  }

  private static func describe(_ decoder: DecoderEntry) -> String {
    var lines = ["\(decoder.name) (decoder)", "  \(decoder.summary)", "  paper: \(decoder.paper)"]
    lines += decoder.traits.capabilities.map { "  \($0.summary)" }.sorted()
    lines += CatalogueText.parameters(decoder.parameters, of: decoder.name, field: "network.decoder")
    return lines.joined(separator: "\n")
  }

  private static func encoders(with capabilities: Set<EncoderTraits.Capability>) -> [String] {
    EncoderRegistry.shared.entries.filter { capabilities.isSubset(of: $0.traits.capabilities) }.map(\.name)
  }
}

extension DecoderTraits.Capability {
  fileprivate var summary: String {
    switch self {
    case .batchOfImages: "training: batches of at least two images"
    case .exchange: "tasks exchange features"
    case .imageLevel: "predicts numbers for whole images, not for their pixels"
    }
  }
}
