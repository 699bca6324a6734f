public enum EncoderRegistry {
  public static let entries: [EncoderEntry] = [
    EncoderEntry(name: "vit_micro", alias: "vit-micro", architecture: .transformer(.micro)),
    EncoderEntry(name: "vit_mini", alias: "vit-mini", architecture: .transformer(.mini)),
    EncoderEntry(name: "vit_tiny_patch16_224", alias: "vit-tiny", architecture: .transformer(.tiny)),
    EncoderEntry(name: "vit_small_patch16_224", alias: "vit-small", architecture: .transformer(.small)),
    EncoderEntry(name: "vit_base_patch16_224", alias: "vit-base", architecture: .transformer(.base)),
    EncoderEntry(name: "vit_large_patch16_224", alias: "vit-large", architecture: .transformer(.large)),
    EncoderEntry(name: "resnet18", alias: "resnet-18", architecture: .residual(.resNet18)),
    EncoderEntry(name: "resnet34", alias: "resnet-34", architecture: .residual(.resNet34)),
    EncoderEntry(name: "resnet50", alias: "resnet-50", architecture: .residual(.resNet50)),
    EncoderEntry(name: "resnet101", alias: "resnet-101", architecture: .residual(.resNet101)),
    EncoderEntry(name: "resnet18_dilated", alias: "resnet-18-dilated", architecture: .residual(.resNet18.dilated)),
    EncoderEntry(name: "resnet34_dilated", alias: "resnet-34-dilated", architecture: .residual(.resNet34.dilated)),
    EncoderEntry(name: "resnet50_dilated", alias: "resnet-50-dilated", architecture: .residual(.resNet50.dilated)),
    EncoderEntry(name: "resnet101_dilated", alias: "resnet-101-dilated", architecture: .residual(.resNet101.dilated)),
    EncoderEntry(name: "segnet", alias: "seg-net", architecture: .segNet),
  ]

  /// Every name and alias.
  public static var names: [String] { entries.flatMap { [$0.name, $0.alias] } }

  /// The encoder of a name or alias.
  public static func entry(_ name: String) -> EncoderEntry? {
    entries.first { $0.name == name || $0.alias == name }
  }
}
