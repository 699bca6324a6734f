import NeuralNetworks

extension VisionTransformer {
  /// The vision transformers of ``EncoderRegistry``.
  public static let entries: [EncoderEntry] = [
    entry("vit_micro", alias: "vit-micro", .micro), entry("vit_mini", alias: "vit-mini", .mini),
    entry("vit_tiny_patch16_224", alias: "vit-tiny", .tiny), entry("vit_small_patch16_224", alias: "vit-small", .small),
    entry("vit_base_patch16_224", alias: "vit-base", .base), entry("vit_large_patch16_224", alias: "vit-large", .large),
    entry("vit_small_patch16_224_heads12", alias: "vit-small-heads12", .smallOfTwelveHeads),
  ]

  private static func entry(_ name: String, alias: String, _ configuration: Configuration) -> EncoderEntry {
    EncoderEntry(
      name, alias: alias,
      summary:
        "A vision transformer of \(configuration.depth) blocks, \(configuration.width) wide, with \(configuration.heads) heads, on patches of \(configuration.patch)×\(configuration.patch).",
      paper: "An Image Is Worth 16x16 Words, ICLR 2021",
      traits: EncoderTraits(sizeMultiple: configuration.patch, capabilities: [.kitLayers, .tokens, .stochasticDepth])
    ) { path, request, kit in
      var configuration = configuration
      configuration.adopt(request)
      return VisionTransformer(path, configuration, kit: kit)
    }
  }
}
