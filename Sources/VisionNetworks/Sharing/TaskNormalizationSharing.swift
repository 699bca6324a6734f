import MultitaskLearning
import NeuralNetworks

/// The way of sharing in which tasks share all convolutions, and each has batch normalizations of its own behind them.
///
/// - Source: *Achieving Task Priority in Multi-Task Learning by Connection Strength*, CVPR 2024, section 3.
public struct TaskNormalizationSharing: Sharing {
  /// Creates the way of sharing, which has no parameters.
  public init() {}

  /// The encoder's convolutions have to be followed by batch normalizations.
  public var requirements: Set<EncoderTraits.Capability> { [.batchNormalization] }
  /// Each task has features of its own: true.
  public var partsStreams: Bool { true }
  /// The tasks share convolutions that are normalized for each of them: true.
  public var normalizesByTask: Bool { true }

  /// Builds an encoder whose batch normalizations belong to the tasks.
  public func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    let kit = TaskNormalizedKit(tasks: tasks)
    let encoder = entry.make(path, request, kit: kit)
    return SharedEncoder(
      encoder, normalizedConvolutions: kit.convolutions,
      origin: EntryOrigin.ofTaskLayers(Set(kit.normalizationPaths.map { $0.relativeName(to: path) })))
  }
}

extension TaskNormalizationSharing {
  /// The entry `task-normalization` of ``SharingRegistry``.
  public static let entry = MethodEntry<any Sharing>(
    "task-normalization", summary: "The tasks share all convolutions; each has batch normalizations of its own.",
    paper: "Achieving Task Priority in Multi-Task Learning by Connection Strength, CVPR 2024"
  ) { _ in TaskNormalizationSharing() }
}
