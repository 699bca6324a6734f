import MultitaskLearning
import NeuralNetworks

/// The way of sharing in which each task mixes the features of encoders that all tasks have with those of encoders of its
/// own, with weights that a gate of its own finds from the image: customized gate control.
///
/// The entries are named as in the public code of LibMTL: `experts_shared.0`, `experts_specific.depth.0`,
/// `gate_specific.depth.0.weight`. The gates look at the flattened image, so that all images have the size for which the
/// network is built.
///
/// - Source: Tang et al., *Progressive Layered Extraction (PLE): A Novel Multi-Task Learning (MTL) Model for Personalized
///   Recommendations*, RecSys 2020, section 4.1.
public struct CustomizedGateSharing: Sharing {
  /// The numbers of experts, each of which is a whole encoder.
  public let experts: ExpertCounts

  /// Creates the way of sharing.
  public init(experts: ExpertCounts = ExpertCounts()) { self.experts = experts }

  /// Each task has features of its own: true.
  public var partsStreams: Bool { true }
  /// The gates look at the flattened image: true.
  public var takesOneSize: Bool { true }

  /// Builds the experts and a gate for each task.
  public func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    let shared = (0..<experts.shared).map { entry.make(path["experts_shared"][$0], request) }
    var own: [String: [any Encoder]] = [:]
    var gates: [String: any ExpertGate] = [:]
    for task in tasks {
      let place = path["experts_specific", task].reached(by: .task(task))
      own[task] = (0..<experts.own(of: task)).map { entry.make(place[$0], request) }
    }
    for task in tasks {
      let place = path["gate_specific", task].reached(by: .task(task))
      gates[task] = SoftmaxGate(
        place, from: request.imageElements, experts: experts.shared + experts.own(of: task))
    }
    return SharedEncoder(
      ExpertMixture(shared, own: own, gates: gates), plain: shared[0], origin: ExpertNames.origin)
  }
}

extension CustomizedGateSharing {
  /// The entry `cgc` of ``SharingRegistry``.
  public static let entry = MethodEntry<any Sharing>(
    "cgc", summary: "As mmoe, where each task has encoders of its own beside those of all tasks.",
    paper:
      "Progressive Layered Extraction (PLE): A Novel Multi-Task Learning (MTL) Model for Personalized Recommendations, RecSys 2020",
    parameters: ExpertCounts.parameters
  ) { settings in CustomizedGateSharing(experts: try ExpertCounts(settings, of: "cgc")) }
}
