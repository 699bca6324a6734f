import MultitaskLearning
import NeuralNetworks
import Torch

/// The way of sharing in which each task has a column of the encoder's stages, and learns from which column each stage
/// takes its input: learning to branch.
///
/// In training, every stage of every column draws the column that it reads by a hard Gumbel softmax of the logits `alpha`, at
/// the temperature `(E/20) / √(e + 1)` in epoch e of E; the gradient is that of the softmax. Before a part of the training is
/// done, and wherever all logits of a stage are still equal, a stage reads the sum of all columns. In evaluation, it reads
/// the column with the largest logit.
///
/// The entries are named as in the public code of LibMTL, where they lie below `encoder`: `resnet_conv.depth.0.weight`,
/// `resnet_layer.3.0.1.conv2.weight` (stage, column, and the name within the stage), and `alpha`, one more matrix than there
/// are stages, of which the first and the last have no part. That code draws in evaluation, too.
///
/// - Source: Guo, Lee, Ulbricht, *Learning to Branch for Multi-Task Learning*, ICML 2020.
public struct BranchingSharing: Sharing {
  /// The number E of equal parts of the training that the temperature counts as epochs.
  public let epochs: Int
  /// The fraction of the training in which every stage reads the sum of all columns.
  public let warmup: Double

  /// Creates the way of sharing, by default with the settings of the public code.
  public init(epochs: Int = 200, warmup: Double = 0.01) {
    self.epochs = epochs
    self.warmup = warmup
  }

  /// The encoder has to be a sequence of stages whose layers come from a kit.
  public var requirements: Set<EncoderTraits.Capability> { [.stages, .kitLayers] }
  /// Each task has features of its own: true.
  public var partsStreams: Bool { true }
  /// A stage may read every column: true.
  public var exchangesStreams: Bool { true }

  /// Builds the columns and the logits of their choices.
  public func makeEncoder(
    _ entry: EncoderEntry, at path: ParameterPath, _ request: EncoderRequest, tasks: [String]
  ) -> SharedEncoder {
    var names: [String: EntryOrigin] = [:]
    let columns = tasks.enumerated().map { column, task in
      let kit = StagePlaces(root: path) { stage in
        stage == 0 ? path["resnet_conv", task] : path["resnet_layer"][stage - 1][column]
      }
      defer { names.merge(kit.plainNames.mapValues { EntryOrigin($0, task: task) }) { $1 } }
      return entry.makeStaged(path, request, kit: kit)
    }
    let alpha = path.parameter("alpha", [columns[0].stages.count + 1, tasks.count, tasks.count], .ones)
    return SharedEncoder(
      BranchingEncoder(tasks: tasks, columns: columns, alpha: alpha, sharing: self), plain: columns[0],
      origin: { [names] in names.origin(of: $0) })
  }

  /// The temperature of the Gumbel softmax.
  ///
  /// - Parameter progress: the part of the training that is done.
  func temperature(at progress: Double) -> Double {
    let epoch = (progress * Double(epochs)).rounded(.down)
    return Double(epochs) / 20 / (epoch + 1).squareRoot()
  }
}

/// A column of stages for each task.
private struct BranchingEncoder: Encoder {
  let tasks: [String]
  let columns: [any StagedEncoder]
  let alpha: Parameter
  let sharing: BranchingSharing

  var featureChannels: [Int] { columns[0].featureChannels }
  var featureStrides: [Int] { columns[0].featureStrides }

  func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams] {
    let choice = choice(context)
    var outputs: [[Tensor]] = []
    for stage in columns[0].stages.indices {
      let previous = outputs.last
      outputs.append(
        columns.enumerated().map { column, layers in
          let input = previous.map { choice.input(of: column, stage: stage, $0) } ?? images
          return layers.stages[stage](Streams(input), context).shared!
        })
    }
    let wanted = context.tasks.map { tasks.firstIndex(of: $0)! }
    return columns[0].features(ofStages: outputs.map { maps in Streams(apart: wanted.map { maps[$0] }) })
  }

  private func choice(_ context: ForwardContext) -> BranchingChoice {
    let count = tasks.count
    guard context.isTraining, let generator = context.generator else {
      let rows: [Double] = withoutGradients { alpha.value.to(.float64).array() }
      let chosen = stride(from: 0, to: rows.count, by: count).map { start -> [Int] in
        let row = Array(rows[start..<start + count])
        guard let largest = row.max(), row.contains(where: { $0 != row[0] }) else { return Array(0..<count) }
        return [row.firstIndex(of: largest) ?? 0]
      }
      let mask = chosen.flatMap { columns in (0..<count).map { columns.contains($0) ? 1.0 : 0 } }
      let weights = Tensor(mask, shape: alpha.shape).to(alpha.value.dtype).to(alpha.value.device)
      return BranchingChoice(weights: weights + alpha.value * 0, chosen: chosen, count: count)
    }
    let all = [[Int]](repeating: Array(0..<count), count: alpha.shape[0] * count)
    let progress = context.progress ?? 1
    guard progress >= sharing.warmup else {
      return BranchingChoice(weights: alpha.value * 0 + 1, chosen: all, count: count)
    }
    // The noise of a Gumbel distribution, -log(-log u).
    let uniform = generator.uniform(alpha.shape, in: 1e-10..<1).to(alpha.value.dtype).to(alpha.value.device)
    let noise = ((uniform.log() * -1).log()) * -1
    let soft = ((alpha.value + noise) * (1 / sharing.temperature(at: progress))).softmax(axis: -1)
    let hard = withoutGradients { soft.argmax(axis: -1).oneHot(classes: count).to(soft.dtype) }
    return BranchingChoice(weights: soft - soft.detached() + hard, chosen: all, count: count)
  }
}

/// From which columns each stage of each column reads.
private struct BranchingChoice {
  /// Stages and one more × columns × columns read.
  let weights: Tensor
  /// Of each stage and column, the columns whose weights may differ from zero.
  let chosen: [[Int]]
  let count: Int

  /// The input of a column's stage, from the outputs of the stage before.
  func input(of column: Int, stage: Int, _ outputs: [Tensor]) -> Tensor {
    let terms = chosen[stage * count + column].map { outputs[$0] * weights[stage, column, $0] }
    return terms.dropFirst().reduce(terms[0]) { $0 + $1 }
  }
}

extension BranchingSharing {
  /// The entry `ltb` of ``SharingRegistry``.
  public static let entry = MethodEntry<any Sharing>(
    "ltb", summary: "Each task has a column of stages, and learns from which column each of them takes its input.",
    paper: "Learning to Branch for Multi-Task Learning, ICML 2020",
    parameters: [
      MethodParameter(
        "epochs", .integer(1...1_000_000), default: .number(200),
        "the parts of the training that the temperature counts"),
      MethodParameter(
        "warmup", .real(0...1), default: .number(0.01), "the fraction of the training without a choice"),
    ]
  ) { settings in
    try settings.requireSeveralTasks()
    return BranchingSharing(epochs: settings.integer("epochs"), warmup: settings.number("warmup"))
  }
}
