import Support

/// Every encoder by name. A user of the library adds an own one: `try EncoderRegistry.shared.add(entry)`.
public enum EncoderRegistry {
  public static let shared = Registry<EncoderEntry>(
    "encoder", VisionTransformer.entries + ResNet.entries + [SegNet.entry])
}
