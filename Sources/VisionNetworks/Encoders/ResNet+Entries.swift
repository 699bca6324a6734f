import NeuralNetworks

extension ResNet {
  /// The residual networks of ``EncoderRegistry``.
  public static let entries: [EncoderEntry] = [
    entry("resnet18", alias: "resnet-18", .resNet18), entry("resnet34", alias: "resnet-34", .resNet34),
    entry("resnet50", alias: "resnet-50", .resNet50), entry("resnet101", alias: "resnet-101", .resNet101),
    entry("resnet18_dilated", alias: "resnet-18-dilated", .resNet18.dilated),
    entry("resnet34_dilated", alias: "resnet-34-dilated", .resNet34.dilated),
    entry("resnet50_dilated", alias: "resnet-50-dilated", .resNet50.dilated),
    entry("resnet101_dilated", alias: "resnet-101-dilated", .resNet101.dilated),
    entry("resnet18_half", alias: "resnet-18-half", .resNet18.half),
    entry("resnet18_quarter", alias: "resnet-18-quarter", .resNet18.quarter),
    entry("resnet20", alias: "resnet-20", .resNet20),
    entry("resnet20_half", alias: "resnet-20-half", .resNet20.half),
    entry("resnet20_quarter", alias: "resnet-20-quarter", .resNet20.quarter),
  ]

  private static let capabilities: Set<EncoderTraits.Capability> = [
    .batchNormalization, .kitLayers, .stages, .steps, .attention,
  ]

  private static func entry(_ name: String, alias: String, _ configuration: Configuration) -> EncoderEntry {
    EncoderEntry(
      name, alias: alias, summary: summary(of: configuration),
      paper: configuration.isDilated
        ? "Dilated Residual Networks, CVPR 2017" : "Deep Residual Learning for Image Recognition, CVPR 2016",
      traits: EncoderTraits(
        sizeMultiple: configuration.stem == .pooled ? 32 : 4,
        capabilities: capabilities.union(configuration.isDilated ? [] : [.pyramid]))
    ) { path, request, kit in
      var configuration = configuration
      configuration.imageChannels = request.imageChannels
      return ResNet(path, configuration, kit: kit)
    }
  }

  private static func summary(of configuration: Configuration) -> String {
    let blocks = configuration.blockKind == .basic ? "basic" : "bottleneck"
    let count = configuration.depths.reduce(0, +)
    let form =
      configuration.isDilated ? ", dilated to stride 8" : configuration.stem == .small ? " for small images" : ""
    let usual = configuration.stem == .small ? 16 : 64
    let width =
      configuration.widths[0] == usual
      ? "" : ", of \(configuration.widths[0]) to \(configuration.widths[configuration.widths.count - 1]) channels"
    return "A residual network of \(count) \(blocks) blocks\(form)\(width)."
  }
}
