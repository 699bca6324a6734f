import NeuralNetworks
import Torch

/// Decoders that exchange the features of the tasks' initial predictions, and predict again from what each takes from the
/// others.
///
/// They start from the last map of an encoder; over HRNet, from that of a ``FusedPyramid``. The initial predictions are
/// trained with the final one's loss. The entries are named as in the public code of Vandenhende et al., *Multi-Task
/// Learning for Dense Prediction Tasks: A Survey*, TPAMI 2021, whose gates are those of the sending task.
///
/// - Source: Xu et al., *PAD-Net: Multi-Tasks Guided Prediction-and-Distillation Network for Simultaneous Depth Estimation
///   and Scene Parsing*, CVPR 2018.
public struct PADNet: TaskDecoders {
  /// The channels of each task's features.
  private static let width = 256

  private let final: FinalTasks
  private let refinements: [ResidualBlocks]
  private let predictions: [Convolution]
  private let distillation: TaskDistillation
  /// Of each task; nil for those without a final prediction.
  private let heads: [Sequential?]

  /// Registers the decoders of all tasks.
  ///
  /// - Parameters:
  ///   - root: the root of the network's names.
  ///   - request: the maps of an encoder, of which the last one counts, and the tasks.
  ///   - finalTasks: the tasks with a final prediction; nil for all. The prediction of another task is its initial one. If
  ///     each task has features of its own, all need a final prediction, as an encoder's parts of a task are declared as
  ///     reached by every task. No task, or an unknown one, stops the process.
  public init(_ root: ParameterPath, _ request: DecoderRequest, finalTasks: [String]? = nil) {
    let final = FinalTasks(finalTasks, among: request.outputs)
    func blocks(_ path: ParameterPath, from inputs: Int) -> ResidualBlocks {
      ResidualBlocks(
        (0..<2).map {
          ResidualBlock(
            path[$0], .bottleneck, from: $0 == 0 ? inputs : Self.width, planes: Self.width / 4, style: .decoder)
        })
    }
    let initial = root["initial_task_prediction_heads"]
    refinements = final.tasks.map {
      let path = initial["layers", $0].reached(by: final.reach(ofFeaturesOf: $0))
      return blocks(path, from: request.featureChannels[request.featureChannels.count - 1])
    }
    predictions = request.outputs.map {
      Convolution(
        initial["conv_out", $0.task].reached(by: .task($0.task)), from: Self.width, to: $0.channels, kernel: 1)
    }
    distillation = TaskDistillation(root["multi_modal_distillation"], final, channels: Self.width)
    heads = request.outputs.map { output in
      guard final.contains(output.task) else { return nil }
      let path = root["heads", output.task].reached(by: .task(output.task))
      return Sequential([
        blocks(path, from: Self.width), Convolution(path["2"], from: Self.width, to: output.channels, kernel: 1),
      ])
    }
    self.final = final
  }

  /// Returns the predictions of some tasks, each with its `initial` one, which is the output of a task without a final
  /// prediction.
  public func callAsFunction(
    _ features: Features, for tasks: [Int], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> [TaskPrediction] {
    let own = final.tasks.indices.map { refinements[$0](features.maps(of: $0).last!, context) }
    return tasks.map { task in
      let initial = AuxiliaryPrediction(
        "initial", weight: 1, predictions[task](own[task], context), resizedTo: size, publicPrefix: "initial_")
      guard let head = heads[task] else { return TaskPrediction(initial.output) }
      let output = head(distillation(task, own, context), context)
      return TaskPrediction(
        output.resized(height: size.height, width: size.width, .bilinear), auxiliary: [initial])
    }
  }
}

extension PADNet {
  /// The entry `pad-net` of ``DecoderRegistry``, in which every task has a final prediction.
  public static let entry = entry()

  /// Creates an entry in which only some tasks have a final prediction.
  ///
  /// - Parameter finalTasks: the tasks with a final prediction; nil for all.
  public static func entry(finalTasks: [String]? = nil) -> DecoderEntry {
    DecoderEntry(
      "pad-net",
      summary: "The tasks exchange the features of initial predictions from the last map, and predict again.",
      paper:
        "PAD-Net: Multi-Tasks Guided Prediction-and-Distillation Network for Simultaneous Depth Estimation and Scene Parsing, CVPR 2018",
      traits: DecoderTraits([.exchange])
    ) { root, request in PADNet(root, request, finalTasks: finalTasks) }
  }
}
