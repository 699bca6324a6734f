/// What is known of an encoder before it is built.
public struct EncoderTraits: Sendable, Hashable {
  /// Something that ways of sharing, adaptations or settings ask for.
  public enum Capability: String, Sendable, CaseIterable {
    /// Its convolutions have batch normalizations, which normalize over the batch in training.
    case batchNormalization = "batch normalization"
    /// It is made of transformer blocks, and is a ``TransformerEncoder``.
    case tokens
    /// Its residual branches may be dropped in training.
    case stochasticDepth = "stochastic depth"
  }

  /// The sides of images have to be multiples of this.
  public var sizeMultiple: Int
  public var capabilities: Set<Capability>

  public init(sizeMultiple: Int, capabilities: Set<Capability> = []) {
    self.sizeMultiple = sizeMultiple
    self.capabilities = capabilities
  }

  public func has(_ capability: Capability) -> Bool { capabilities.contains(capability) }
}
