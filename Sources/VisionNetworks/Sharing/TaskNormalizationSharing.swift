import MultitaskLearning
import NeuralNetworks

/// The tasks share all convolutions, and each has batch normalizations of its own behind them.
///
/// - Source: *Achieving Task Priority in Multi-Task Learning by Connection Strength*, CVPR 2024, section 3.
public struct TaskNormalizationSharing: Sharing {
  public init() {}

  public var requirements: Set<EncoderTraits.Capability> { [.batchNormalization] }
  public var partsStreams: Bool { true }
  public var normalizesByTask: Bool { true }

  public func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    let kit = TaskNormalizedKit(tasks: tasks)
    let encoder = entry.make(path, request, kit: kit)
    return SharedEncoder(encoder, normalizedConvolutions: kit.convolutions) {
      TaskNormalization.plainName(of: $0, tasks: tasks)
    }
  }
}

extension TaskNormalizationSharing {
  /// As the registry knows it.
  public static let entry = MethodEntry<any Sharing>(
    "task-normalization", summary: "The tasks share all convolutions; each has batch normalizations of its own.",
    paper: "Achieving Task Priority in Multi-Task Learning by Connection Strength, CVPR 2024"
  ) { _ in TaskNormalizationSharing() }
}
