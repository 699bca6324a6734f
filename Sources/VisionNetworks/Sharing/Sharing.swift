import NeuralNetworks
import Torch

/// A way in which tasks share an encoder.
public protocol Sharing: Sendable {
  /// The properties that an encoder needs to be shared in this way.
  var requirements: Set<EncoderTraits.Capability> { get }

  /// Whether each task has features of its own.
  var partsStreams: Bool { get }

  /// Whether tasks exchange features within the encoder, so that one task's features need those of all.
  ///
  /// The network then finds which tasks reach a parameter of the encoder from the graph of a small forward pass, as it
  /// depends on where the last exchange is.
  var exchangesStreams: Bool { get }

  /// Whether tasks share convolutions that are normalized for each of them: ``SharedEncoder/normalizedConvolutions``.
  var normalizesByTask: Bool { get }

  /// Whether all images have to have the size for which the encoder is built.
  var takesOneSize: Bool { get }

  /// Whether parts of tasks learn from each task's gradient with respect to the shared features, which steps then have to
  /// compute.
  var learnsFromFeatureGradients: Bool { get }

  /// Whether pruning is to leave a network of a certain cost, which may be out of reach: ``MultitaskNetwork/checkGates()``.
  var wantsCost: Bool { get }

  /// Checks whether an encoder that meets the ``requirements`` can be shared in this way; by default every one can.
  ///
  /// - Parameters:
  ///   - entry: the encoder.
  ///   - request: the images for which the encoder is built.
  /// - Throws: ``NetworkError`` that says what does not fit.
  func check(_ entry: EncoderEntry, _ request: EncoderRequest) throws

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
  /// The default: every encoder can be shared.
  public func check(_ entry: EncoderEntry, _ request: EncoderRequest) throws {}
  /// The default: an encoder needs no special property.
  public var requirements: Set<EncoderTraits.Capability> { [] }
  /// The default: false.
  public var exchangesStreams: Bool { false }
  /// The default: false.
  public var normalizesByTask: Bool { false }
  /// The default: false.
  public var takesOneSize: Bool { false }
  /// The default: false.
  public var wantsCost: Bool { false }
  /// The default: false.
  public var learnsFromFeatureGradients: Bool { false }
}

/// An encoder, and the parts of it that belong to tasks.
public struct SharedEncoder {
  /// The encoder.
  public var encoder: any Encoder
  /// A plain encoder, which loads pretrained weights for this one; the encoder itself by default.
  public var plain: any Encoder
  /// The shared convolutions whose normalizations are the tasks' own; empty if there are none.
  public var normalizedConvolutions: [NormalizedConvolution]
  /// Returns a number that is added to the losses' sum, such as the sparsity of gates; nil if there is none.
  public var penalty: () -> Tensor?
  /// Of every entry of a pruned encoder, the output channels of the gated one's entry that remain; empty otherwise.
  public var remainingChannels: [String: [Int]] = [:]
  /// What happens to gates in training; nil if there are none.
  public var gates: GateTraining?
  /// The rotations through which tasks see the shared features; nil if there are none.
  public var rotations: FeatureRotations?
  /// How the sharing's own parameters are optimized if the training does not say otherwise.
  public var optimizerGroups: [OptimizerGroup]
  /// A function that returns from where in a plain encoder an entry of this one starts, so that the tasks' copies start
  /// from the same pretrained weights, or each from those of its own single-task network; nil for an entry that no plain
  /// encoder has.
  public var origin: @Sendable (_ name: String) -> EntryOrigin?

  /// Creates a shared encoder, all of whose entries have the names of a plain one by default.
  public init(
    _ encoder: any Encoder, plain: (any Encoder)? = nil, normalizedConvolutions: [NormalizedConvolution] = [],
    penalty: @escaping () -> Tensor? = { nil }, optimizerGroups: [OptimizerGroup] = [],
    origin: @escaping @Sendable (_ name: String) -> EntryOrigin? = { EntryOrigin($0) }
  ) {
    self.encoder = encoder
    self.plain = plain ?? encoder
    self.normalizedConvolutions = normalizedConvolutions
    self.penalty = penalty
    self.optimizerGroups = optimizerGroups
    self.origin = origin
  }
}

/// The entry of a plain encoder from which an entry of a shared encoder starts.
public struct EntryOrigin: Sendable, Equatable {
  /// The name in the plain encoder.
  public var name: String
  /// The task whose single-task network has the entry; nil for what belongs to all tasks.
  public var task: String?

  /// Creates an origin, which belongs to all tasks by default.
  public init(_ name: String, task: String? = nil) {
    self.name = name
    self.task = task
  }

  /// Returns the origins of entries `LAYER.TASK.ENTRY` of layers of which each task has one; other entries keep their names.
  ///
  /// - Parameter layers: the names of the layers, without those of the tasks.
  static func ofTaskLayers(_ layers: Set<String>) -> @Sendable (_ name: String) -> EntryOrigin? {
    { name in
      let parts = name.split(separator: ".").map(String.init)
      guard parts.count > 2, layers.contains(parts.dropLast(2).joined(separator: ".")) else { return EntryOrigin(name) }
      let plain = parts.dropLast(2) + parts.suffix(1)
      return EntryOrigin(plain.joined(separator: "."), task: parts[parts.count - 2])
    }
  }
}
