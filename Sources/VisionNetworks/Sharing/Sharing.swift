import NeuralNetworks

/// A way in which tasks share an encoder.
public protocol Sharing: Sendable {
  /// The properties that an encoder needs to be shared in this way.
  var requirements: Set<EncoderTraits.Capability> { get }

  /// Whether each task has features of its own.
  var partsStreams: Bool { get }

  /// Whether tasks share convolutions that are normalized for each of them: ``SharedEncoder/normalizedConvolutions``.
  var normalizesByTask: Bool { get }

  /// Builds an encoder that tasks share in this way.
  ///
  /// - Parameters:
  ///   - entry: an encoder that meets the ``requirements``.
  ///   - path: where the encoder registers its parameters.
  ///   - request: the images for which the encoder is built.
  ///   - tasks: the names of all tasks.
  func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder
}

extension Sharing {
  /// The default: an encoder needs no special property.
  public var requirements: Set<EncoderTraits.Capability> { [] }
  /// The default: false.
  public var normalizesByTask: Bool { false }
}

/// An encoder, and the parts of it that belong to tasks.
public struct SharedEncoder {
  /// The encoder.
  public var encoder: any Encoder
  /// The shared convolutions whose normalizations are the tasks' own; empty if there are none.
  public var normalizedConvolutions: [NormalizedConvolution]
  /// A function that returns the name in a plain encoder of an entry of this one, so that every task's copy starts from
  /// the same pretrained weights.
  public var plainName: @Sendable (_ name: String) -> String

  /// Creates a shared encoder, all of whose entries have the names of a plain one by default.
  public init(
    _ encoder: any Encoder, normalizedConvolutions: [NormalizedConvolution] = [],
    plainName: @escaping @Sendable (_ name: String) -> String = { $0 }
  ) {
    self.encoder = encoder
    self.normalizedConvolutions = normalizedConvolutions
    self.plainName = plainName
  }
}
