import MultitaskLearning
import NeuralNetworks
import Torch

/// The way of sharing in which each stage of an encoder is a mixture of experts, those of all tasks and those of the task:
/// progressive layered extraction. A gate for each task and stage finds the weights from the stage's input.
///
/// The entries are named as in the public code of LibMTL, where they lie below `encoder`: `shared_layer.2.0.0.conv1.weight`
/// (stage, expert, and the name within the stage), `specific_layer.2.depth.0.0.conv1.weight`,
/// `gate_specific.depth.2.0.weight`. The gates look at flattened maps, so that all images have the size for which the network
/// is built.
///
/// - Source: Tang et al., *Progressive Layered Extraction (PLE): A Novel Multi-Task Learning (MTL) Model for Personalized
///   Recommendations*, RecSys 2020, section 4.2; as in LibMTL, without the gate and the stream of the shared experts.
public struct LayeredExtractionSharing: Sharing {
  /// The numbers of experts, each of which is a stage of the encoder.
  public let experts: ExpertCounts

  /// Creates the way of sharing.
  public init(experts: ExpertCounts = ExpertCounts()) { self.experts = experts }

  /// The encoder has to be a sequence of stages whose layers come from a kit.
  public var requirements: Set<EncoderTraits.Capability> { [.stages, .kitLayers] }
  /// Each task has features of its own: true.
  public var partsStreams: Bool { true }
  /// The gates look at flattened maps: true.
  public var takesOneSize: Bool { true }

  /// Builds the experts and gates of all stages.
  public func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    var names: [String: EntryOrigin] = [:]
    func copy(_ number: Int, of task: String?) -> any StagedEncoder {
      let declared = task.map { path.reached(by: .task($0)) } ?? path
      let kit = StagePlaces(root: path) { stage in
        task.map { declared["specific_layer"][stage][$0][number] } ?? declared["shared_layer"][stage][number]
      }
      defer { names.merge(kit.plainNames.mapValues { EntryOrigin($0, task: task) }) { $1 } }
      return entry.makeStaged(path, request, kit: kit)
    }
    let shared = (0..<experts.shared).map { copy($0, of: nil) }
    let own = tasks.map { task in (0..<experts.own(of: task)).map { copy($0, of: task) } }
    let inputs = shared[0].stages.inputElements(request)
    let columns = tasks.enumerated().map { index, task in
      let place = path["gate_specific", task].reached(by: .task(task))
      let all = shared + own[index]
      return (
        task,
        inputs.enumerated().map { stage, elements in
          ExtractionStage(
            experts: all.map { $0.stages[stage] }, gate: SoftmaxGate(place[stage], from: elements, experts: all.count))
        }
      )
    }
    return SharedEncoder(
      ExtractionEncoder(Dictionary(uniqueKeysWithValues: columns), plain: shared[0]), plain: shared[0],
      origin: { [names] in names.origin(of: $0) })
  }
}

/// The experts of one stage, as one task has them.
private struct ExtractionStage {
  let experts: [EncoderStage]
  let gate: SoftmaxGate

  func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    expertMixture(experts.map { $0(Streams(input), context).shared! }, gate(input.flattened(from: 1)))
  }
}

private struct ExtractionEncoder: Encoder {
  private let columns: [String: [ExtractionStage]]
  private let plain: any StagedEncoder

  init(_ columns: [String: [ExtractionStage]], plain: any StagedEncoder) {
    self.columns = columns
    self.plain = plain
  }

  var featureChannels: [Int] { plain.featureChannels }
  var featureStrides: [Int] { plain.featureStrides }

  func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams] {
    let byTask = context.tasks.map { task in
      var map = images
      return columns[task]!.map { stage in
        map = stage(map, context)
        return map
      }
    }
    return plain.features(ofStages: plain.stages.indices.map { stage in Streams(apart: byTask.map { $0[stage] }) })
  }
}

extension [EncoderStage] {
  /// The number of elements of each stage's input for one image.
  func inputElements(_ request: EncoderRequest) -> [Int] {
    [request.imageElements]
      + dropLast().map { $0.channels * (request.imageHeight / $0.stride) * (request.imageWidth / $0.stride) }
  }
}

extension [String: EntryOrigin] {
  /// The origin of an entry of a layer whose place is among the keys; nil for all others.
  func origin(of name: String) -> EntryOrigin? {
    guard let dot = name.lastIndex(of: "."), let layer = self[String(name[..<dot])] else { return nil }
    return EntryOrigin(layer.name + name[dot...], task: layer.task)
  }
}

extension EncoderEntry {
  /// Builds an encoder with ``EncoderTraits/Capability/stages``; another one stops the process.
  func makeStaged(_ path: ParameterPath, _ request: EncoderRequest, kit: any LayerKit) -> any StagedEncoder {
    guard let staged = make(path, request, kit: kit) as? any StagedEncoder else {
      fatalError("\(name) says that it is a sequence of stages, but is no StagedEncoder")
    }
    return staged
  }
}

extension LayeredExtractionSharing {
  /// The entry `ple` of ``SharingRegistry``.
  public static let entry = MethodEntry<any Sharing>(
    "ple", summary: "Each stage of the encoder is a mixture of experts, those of all tasks and those of the task.",
    paper:
      "Progressive Layered Extraction (PLE): A Novel Multi-Task Learning (MTL) Model for Personalized Recommendations, RecSys 2020",
    parameters: ExpertCounts.parameters
  ) { settings in LayeredExtractionSharing(experts: try ExpertCounts(settings, of: "ple")) }
}
