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
      origin: origin(Set(kit.normalizationPaths.map { $0.relativeName(to: path) })))
  }

  /// - Parameter places: the names of the normalizations, without those of the tasks.
  private func origin(_ places: Set<String>) -> @Sendable (_ name: String) -> EntryOrigin? {
    { name in
      let parts = name.split(separator: ".").map(String.init)
      guard parts.count > 2, places.contains(parts.dropLast(2).joined(separator: ".")) else { return EntryOrigin(name) }
      let plain = parts.dropLast(2) + parts.suffix(1)
      return EntryOrigin(plain.joined(separator: "."), task: parts[parts.count - 2])
    }
  }
}

extension TaskNormalizationSharing {
  /// The entry `task-normalization` of ``SharingRegistry``.
  public static let entry = MethodEntry<any Sharing>(
    "task-normalization", summary: "The tasks share all convolutions; each has batch normalizations of its own.",
    paper: "Achieving Task Priority in Multi-Task Learning by Connection Strength, CVPR 2024"
  ) { _ in TaskNormalizationSharing() }
}
