import NeuralNetworks

/// Answers: what of the encoder do the tasks share?
public protocol Sharing: Sendable {
  /// What an encoder has to be able to do to be shared so.
  var requirements: Set<EncoderTraits.Capability> { get }

  /// Whether each task has features of its own.
  var partsStreams: Bool { get }

  /// Whether tasks share convolutions that are normalized for each of them: ``SharedEncoder/normalizedConvolutions``.
  var normalizesByTask: Bool { get }

  /// Builds an encoder that tasks share so.
  ///
  /// - Parameters:
  ///   - entry: an encoder that meets the ``requirements``.
  ///   - path: where it registers its parameters.
  ///   - tasks: the names of all tasks.
  func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder
}

extension Sharing {
  public var requirements: Set<EncoderTraits.Capability> { [] }
  public var normalizesByTask: Bool { false }
}

/// An encoder, and how tasks share it.
public struct SharedEncoder {
  public var encoder: any Encoder
  /// The shared convolutions whose normalizations are the tasks' own; empty if there are none.
  public var normalizedConvolutions: [NormalizedConvolution]
  /// What a plain encoder calls an entry of this one: every task's copy starts from the same pretrained weights.
  public var plainName: @Sendable (_ name: String) -> String

  public init(
    _ encoder: any Encoder, normalizedConvolutions: [NormalizedConvolution] = [],
    plainName: @escaping @Sendable (_ name: String) -> String = { $0 }
  ) {
    self.encoder = encoder
    self.normalizedConvolutions = normalizedConvolutions
    self.plainName = plainName
  }
}
