import MultitaskLearning
import NeuralNetworks
import Torch

/// Decoders that exchange features of tasks at every scale, from coarse to fine.
///
/// Each task has features and an initial prediction at every scale of a pyramid of maps; what the tasks found at one scale
/// enters their features at the next finer one. At each scale a task then takes from the features of the others, and its
/// final prediction comes from the result at all scales. The initial predictions are trained with the final one's loss.
///
/// The entries are named as in the paper's public code.
///
/// - Source: Vandenhende et al., *MTI-Net: Multi-Scale Task Interaction Networks for Multi-Task Learning*, ECCV 2020.
public struct MTINet: TaskDecoders {
  /// The numbers among which the mask of the features that go to a finer scale is distributed.
  public enum Masking: String, Sendable, CaseIterable {
    /// As many neighboring channels as there are tasks, most of which belong to one task: what the paper's public code
    /// does.
    case neighboringChannels = "channels"
    /// The same channel of all tasks: what the paper describes.
    case tasks
  }

  private let final: FinalTasks
  /// Finest first, as everything that follows.
  private let scales: [ScalePrediction]
  /// What each scale but the finest hands on.
  private let propagations: [FeaturePropagation]
  private let distillations: [TaskDistillation]
  /// Of each task; nil for those without a final prediction.
  private let heads: [HighResolutionHead?]

  /// Registers the decoders of all tasks.
  ///
  /// - Parameters:
  ///   - root: the root of the network's names.
  ///   - request: the maps of an encoder with a pyramid, and the tasks.
  ///   - finalTasks: the tasks with a final prediction; nil for all. The prediction of another task is its initial one at
  ///     the finest scale. No task, or an unknown one, stops the process.
  ///   - masking: the numbers among which masks are distributed.
  public init(
    _ root: ParameterPath, _ request: DecoderRequest, finalTasks: [String]? = nil,
    masking: Masking = .neighboringChannels
  ) {
    let final = FinalTasks(finalTasks, among: request.outputs)
    let channels = request.featureChannels
    // Behind the finest scale only final predictions exchange features; before, everything reaches all tasks.
    func reach(_ task: String, at scale: Int) -> Reach {
      scale == 0 ? final.reach(ofFeaturesOf: task) : .everyTask
    }
    scales = channels.indices.map { scale in
      ScalePrediction(
        root["scale_\(scale)"], request.outputs, inputs: channels[scale],
        propagated: scale + 1 < channels.count ? channels[scale + 1] : 0
      ) { reach($0, at: scale) }
    }
    propagations = channels.indices.dropFirst().map { scale in
      FeaturePropagation(
        root["fpm_scale_\(scale)"], tasks: final.tasks, channels: channels[scale], masking: masking
      ) { reach($0, at: scale - 1) }
    }
    distillations = channels.indices.map {
      TaskDistillation(root["distillation_scale_\($0)"], final, channels: channels[$0])
    }
    heads = request.outputs.map { output in
      guard final.contains(output.task) else { return nil }
      let path = root["heads", output.task].reached(by: .task(output.task))
      return HighResolutionHead(path, inputs: channels, channels: output.channels)
    }
    self.final = final
  }

  /// Returns the predictions of some tasks, each with its initial ones: `scale_0` for the finest scale, and so on. A task
  /// without a final prediction has that of the finest scale as its output.
  public func callAsFunction(
    _ features: Features, for tasks: [Int], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> [TaskPrediction] {
    let byScale = taskFeatures(features, context)
    return tasks.map { task in
      let initial = scales.indices.map { scale in
        AuxiliaryPrediction(
          "scale_\(scale)", weight: 1, scales[scale].prediction(of: task, byScale[scale][task], context),
          resizedTo: size, publicPrefix: "deep_supervision.scale_\(scale).")
      }
      guard let head = heads[task] else {
        return TaskPrediction(initial[0].output, auxiliary: Array(initial.dropFirst()))
      }
      let distilled = zip(distillations, byScale).map { $0(task, $1, context) }
      return TaskPrediction(head(distilled, size: size, context), auxiliary: initial)
    }
  }

  /// The features of every task at every scale.
  private func taskFeatures(_ features: Features, _ context: ForwardContext) -> [[Tensor]] {
    var propagated: [Tensor]?
    var byScale: [[Tensor]] = []
    for scale in scales.indices.reversed() {
      let maps = final.tasks.indices.map { features.maps(of: $0)[scale] }
      let own = scales[scale].features(maps, propagated, context)
      if scale > 0 { propagated = propagations[scale - 1](own, context) }
      byScale.append(own)
    }
    return byScale.reversed()
  }
}

extension MTINet {
  /// The entry `mti-net` of ``DecoderRegistry``, in which every task has a final prediction.
  public static let entry = entry()

  /// Creates an entry in which only some tasks have a final prediction.
  ///
  /// - Parameter finalTasks: the tasks with a final prediction; nil for all.
  public static func entry(finalTasks: [String]? = nil) -> DecoderEntry {
    DecoderEntry(
      "mti-net", summary: "The tasks exchange features at every scale of a pyramid, from coarse to fine.",
      paper: "MTI-Net: Multi-Scale Task Interaction Networks for Multi-Task Learning, ECCV 2020",
      traits: DecoderTraits([.exchange], requirements: [.pyramid]),
      parameters: [
        MethodParameter(
          "masking", .choice(Masking.allCases.map(\.rawValue)), default: .text(Masking.neighboringChannels.rawValue),
          "whether masks are distributed among neighboring channels, as in the public code, or among tasks, as in the paper"
        )
      ]
    ) { settings in
      let masking: Masking = settings.choice("masking")
      return { root, request in MTINet(root, request, finalTasks: finalTasks, masking: masking) }
    }
  }
}
