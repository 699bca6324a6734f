import Support

/// Every kind of decoder by name. A user of the library adds an own one: `try DecoderRegistry.shared.add(entry)`.
public enum DecoderRegistry {
  public static let shared = Registry<DecoderEntry>(
    "decoder",
    [MultiScaleHead.entry, ConvolutionHead.entry, ASPPHead.entry, PlainHead.entry, LinearHead.entry])
}
