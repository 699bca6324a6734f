/// The properties of an encoder that are known before it is built.
public struct EncoderTraits: Sendable, Hashable {
  /// A property that ways of sharing, adaptations or settings need.
  public enum Capability: String, Sendable, CaseIterable {
    /// The convolutions have batch normalizations, which normalize over the batch in training.
    case batchNormalization = "batch normalization"
    /// The encoder is made of transformer blocks, and is a ``TransformerEncoder``.
    case tokens
    /// The residual branches may be dropped in training.
    case stochasticDepth = "stochastic depth"
    /// The encoder is a sequence of stages, and is a ``StagedEncoder``.
    case stages
    /// Images pass in steps, and the encoder is a ``SteppedEncoder``.
    case steps = "steps between which tasks can exchange maps"
    /// Tasks can attend to the layers, and the encoder is an ``AttendableEncoder``.
    case attention = "layers to which tasks can attend"
    /// The feature maps have several resolutions, each half as fine as the one before.
    case pyramid = "a pyramid of feature maps"
    /// The layers come from a `LayerKit`, so that tasks can have copies of them.
    case kitLayers = "layers of which tasks can have copies"
    /// The encoder has features of each task, between which tasks exchange information.
    case taskFeatures = "features of each task"
  }

  /// The number of pixels of which height and width of images have to be multiples.
  public var sizeMultiple: Int
  /// Whether all images have to have the size for which the encoder is built.
  public var takesOneSize: Bool
  /// The properties that the encoder has.
  public var capabilities: Set<Capability>

  /// Creates traits, by default of an encoder that takes images of several sizes.
  public init(sizeMultiple: Int, takesOneSize: Bool = false, capabilities: Set<Capability> = []) {
    self.sizeMultiple = sizeMultiple
    self.takesOneSize = takesOneSize
    self.capabilities = capabilities
  }

  /// Returns whether the encoder has a property.
  public func has(_ capability: Capability) -> Bool { capabilities.contains(capability) }
}
