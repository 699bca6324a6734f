import MultitaskLearning
import NeuralNetworks

/// The way of sharing in which each task mixes the features of several encoders, the experts, with weights that a gate of
/// its own finds from the image.
///
/// The entries are named as in the public code of LibMTL: `experts_shared.0`, `gate_specific.depth.0.weight`. The gates look
/// at the flattened image, so that all images have the size for which the network is built.
///
/// - Source: Ma et al., *Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts*, KDD 2018.
public struct MixtureOfExpertsSharing: Sharing {
  /// The number of experts, each of which is a whole encoder.
  public let experts: Int

  /// Creates the way of sharing.
  public init(experts: Int = 3) { self.experts = experts }

  /// Each task has features of its own: true.
  public var partsStreams: Bool { true }
  /// The gates look at the flattened image: true.
  public var takesOneSize: Bool { true }

  /// Builds the experts and a gate for each task.
  public func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    CustomizedGateSharing(experts: ExpertCounts(shared: experts, own: 0))
      .makeEncoder(entry, at: path, request, tasks: tasks)
  }
}

extension MixtureOfExpertsSharing {
  /// The entry `mmoe` of ``SharingRegistry``.
  public static let entry = MethodEntry<any Sharing>(
    "mmoe", summary: "Each task mixes the features of several encoders, with weights that a gate finds from the image.",
    paper: "Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts, KDD 2018",
    parameters: [
      MethodParameter("experts", .integer(1...64), default: .number(3), "the number of encoders")
    ]
  ) { settings in
    try settings.requireSeveralTasks()
    return MixtureOfExpertsSharing(experts: settings.integer("experts"))
  }
}

/// The names of experts' entries.
enum ExpertNames {
  /// Every expert starts from the same plain encoder, and a task's own from that of its single-task network; gates from
  /// neither.
  @Sendable static func origin(_ name: String) -> EntryOrigin? {
    let parts = name.split(separator: ".").map(String.init)
    switch parts.first {
    case "experts_shared": return EntryOrigin(parts.dropFirst(2).joined(separator: "."))
    case "experts_specific": return EntryOrigin(parts.dropFirst(3).joined(separator: "."), task: parts[1])
    default: return nil
    }
  }
}
