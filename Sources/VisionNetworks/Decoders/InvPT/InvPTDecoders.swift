import NeuralNetworks
import Support
import Torch

/// An inverted pyramid of transformer stages, in which all tasks exchange features at growing resolution.
///
/// Each task has a preliminary prediction, which is trained, too: ``AuxiliaryPrediction`` of the name `inter_preds`. The
/// entries are named as in the public code. Some have no part in any prediction, as there: `scale_embed.2`,
/// `redu_chan.0`, `norm_mt`, and the first stage's `fuse_attn`.
///
/// - Source: Ye, Xu, *Inverted Pyramid Multi-task Transformer for Dense Scene Understanding*, ECCV 2022, and its public
///   code.
public struct InvPTDecoders: TaskDecoders {
  /// The widths of the decoders.
  public struct Configuration: Sendable, Equatable {
    /// The channels of a task's features before its preliminary prediction.
    public var width = 512
    /// The number of channels by which the first stage is wider.
    public var extraChannels = 64

    /// Creates the public code's configuration.
    public init() {}

    /// The channels of the three stages, each half of that before it.
    var stageWidths: [Int] { (0..<3).map { (width + extraChannels) >> $0 } }
  }

  private let preliminaries: [InvPTPreliminary]
  private let skips: [any Layer]
  private let stages: [InvPTStage]
  private let collection: InvPTCollection

  /// Registers the layers of all tasks.
  ///
  /// - Parameters:
  ///   - root: the root of the network's names.
  ///   - request: the four maps of a transformer, all of one size, and the tasks.
  ///   - configuration: the widths, whose sum is a multiple of 8; otherwise the process stops.
  public init(_ root: ParameterPath, _ request: DecoderRequest, _ configuration: Configuration = Configuration()) {
    let widths = configuration.stageWidths
    require(
      widths[0] % 8 == 0, "the first stage's \(widths[0]) channels have to be a multiple of 8")
    require(request.featureChannels.count == 4, "four maps are expected, not \(request.featureChannels.count)")
    let (path, tasks, inputs) = (root["multi_task_decoder"], request.outputs.count, request.featureChannels)
    preliminaries = request.outputs.map { InvPTPreliminary(path, $0, inputs: inputs[3], configuration) }
    stages = widths.enumerated().map { stage, width in
      InvPTStage(path["invpt", "invpt_stages"][stage], stage: stage, width: width, tasks: tasks)
    }
    collection = InvPTCollection(root, path["invpt"], request.outputs, widths)
    let embedding = path["scale_embed"]
    skips = [
      Convolution(embedding[1], from: inputs[1], to: widths[1], kernel: 3),
      TransposedConvolution(
        embedding[0], from: inputs[0], to: widths[2], kernel: 3, stride: 2, padding: 1, outputPadding: 1),
    ]
    _ = Convolution(embedding[2], from: inputs[2], to: widths[0], kernel: 3)
    _ = LayerNormalization(path["invpt", "norm_mt"], width: widths[2] * tasks)
  }

  /// Returns the predictions of some tasks, each with its preliminary one.
  ///
  /// Maps whose height or width is not a multiple of 4 stop the process.
  public func callAsFunction(
    _ features: Features, for tasks: [Int], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> [TaskPrediction] {
    let shape = features.maps(of: 0)[3].shape
    require(
      shape[2] % 4 == 0 && shape[3] % 4 == 0,
      "\(shape[2])×\(shape[3]) patches: their rows and columns have to be multiples of 4")
    let start = PositionGrid(rows: shape[2] / 2, columns: shape[3] / 2)
    let small = byTask(features) { $0[3].resized(height: start.rows, width: start.columns, .bilinear) }
    let preliminary = preliminaries.indices.map { preliminaries[$0](small[$0], context) }
    var tokens = InvPTStage.Tokens(
      values: .concatenated(preliminary.map(\.map.pixelTokens), axis: 1), grid: start)
    var message: CrossTaskAttention.Scores?
    var results: [InvPTStage.Tokens] = []
    for (index, stage) in stages.enumerated() {
      if index > 0 {
        let skip = byTask(features) { skips[index - 1]($0[2 - index], context) }
        tokens = stage.enlarged(tokens, adding: skip, context)
      }
      (tokens, message) = stage(tokens, message: message, context)
      results.append(tokens)
    }
    let output = PositionGrid(rows: 4 * shape[2], columns: 4 * shape[3])
    return zip(tasks, collection(results, for: tasks, at: output, context)).map { task, logits in
      func resized(_ map: Tensor) -> Tensor { map.resized(height: size.height, width: size.width, .bilinear) }
      return TaskPrediction(
        resized(logits),
        auxiliary: [AuxiliaryPrediction("inter_preds", weight: 1, resized(preliminary[task].prediction))])
    }
  }

  /// Returns the results of a function of each task's maps, which is called once if the maps are shared.
  private func byTask(_ features: Features, _ body: ([Tensor]) -> Tensor) -> [Tensor] {
    guard features.kind == .byTask else {
      return [Tensor](repeating: body(features.maps(of: 0)), count: preliminaries.count)
    }
    return preliminaries.indices.map { body(features.maps(of: $0)) }
  }
}
