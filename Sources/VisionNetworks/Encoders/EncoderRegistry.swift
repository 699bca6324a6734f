import Support

/// Every encoder by name. A user of the library adds another one with `try EncoderRegistry.shared.add(entry)`.
public enum EncoderRegistry {
  /// The registry of the process.
  public static let shared = Registry<EncoderEntry>(
    "encoder",
    VisionTransformer.entries + ResNet.entries + FeaturePyramid.entries + HRNet.entries + FusedPyramid.entries
      + [SegNet.entry] + TaskPrompter.entries)
}
