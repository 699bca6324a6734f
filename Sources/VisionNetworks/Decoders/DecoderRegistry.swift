import Support

/// Every kind of decoder by name. A user of the library adds another one with `try DecoderRegistry.shared.add(entry)`.
public enum DecoderRegistry {
  /// The registry of the process.
  public static let shared = Registry<DecoderEntry>(
    "decoder",
    [
      MultiScaleHead.entry, LastMapHead.entry, HighResolutionHead.entry, ConvolutionHead.entry, ASPPHead.entry,
      PlainHead.entry, LinearHead.entry, DPTHead.entry, DPTHead.depthEntry, MTINet.entry, PADNet.entry,
      InvPTDecoders.entry,
      PromptHead.convolutionEntry, PromptHead.deconvolutionEntry,
    ])
}
