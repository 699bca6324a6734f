import NeuralNetworks
import Torch

/// The end of an inverted pyramid: the sum of a task's maps at all stages, and the prediction from it.
struct InvPTCollection {
  /// A task's own layers.
  private struct Task {
    /// Those of the stages behind the first, whose width is that of the sum.
    let reductions: [Convolution]
    let projection: Sequential
    let prediction: Convolution
  }

  private let norms: [LayerNormalization]
  private let tasks: [Task]
  private let count: Int

  /// Registers the layers.
  ///
  /// - Parameters:
  ///   - root: the root of the network's names, for the heads.
  ///   - path: the place of the pyramid's entries.
  ///   - outputs: the tasks with the channels of their predictions.
  ///   - widths: the channels of the stages.
  init(_ root: ParameterPath, _ path: ParameterPath, _ outputs: [TaskOutput], _ widths: [Int]) {
    count = outputs.count
    norms = widths.enumerated().map { stage, width in
      LayerNormalization(path["norm_mts"][stage], width: width * outputs.count)
    }
    tasks = outputs.enumerated().map { index, output in
      // Behind the last normalization, which is over the channels of all tasks.
      let reach = Reach.task(output.task)
      let reductions = widths.enumerated().map { stage, width in
        Convolution(
          path["redu_chan"][stage][index].reached(by: reach), from: width, to: widths[0], kernel: 1)
      }
      let projection = path["mt_proj", output.task].reached(by: reach)
      return Task(
        reductions: Array(reductions.dropFirst()),
        projection: Sequential([
          Convolution(
            projection["0"], from: widths[0], to: widths[0], kernel: 3, weight: .normal(deviation: 0.02)),
          BatchNormalization(projection["1"], channels: widths[0]), Activation.relu,
        ]),
        prediction: Convolution(
          root["heads", output.task, "linear_pred"].reached(by: reach), from: widths[0], to: output.channels,
          kernel: 1))
    }
  }

  /// Returns the predictions of some tasks on a grid.
  ///
  /// - Parameters:
  ///   - stages: the tokens of all tasks after each stage.
  ///   - wanted: the positions of the wanted tasks.
  ///   - grid: the size of the predictions.
  ///   - context: whether the network is in training, and for which tasks it is evaluated.
  func callAsFunction(
    _ stages: [InvPTStage.Tokens], for wanted: [Int], at grid: PositionGrid, _ context: ForwardContext
  ) -> [Tensor] {
    let maps = zip(norms, stages).map { norm, stage in mapsByTask(stage, norm, context) }
    return wanted.map { index in
      let task = tasks[index]
      let sum = maps.indices.dropFirst().reduce(enlarged(maps[0][index], grid)) { sum, stage in
        sum + enlarged(task.reductions[stage - 1](maps[stage][index], context), grid)
      }
      return task.prediction(task.projection(sum, context), context)
    }
  }

  /// Returns the map of each task, normalized over the channels of all tasks together.
  private func mapsByTask(
    _ stage: InvPTStage.Tokens, _ norm: LayerNormalization, _ context: ForwardContext
  ) -> [Tensor] {
    let (batch, width) = (stage.values.shape[0], stage.values.shape[2])
    let sideBySide = stage.values.reshaped([batch, count, stage.grid.count, width]).transposed(1, 2)
      .reshaped([batch, stage.grid.count, count * width])
    return norm(sideBySide, context).reshaped([batch, stage.grid.rows, stage.grid.columns, count, width])
      .permuted([3, 0, 4, 1, 2]).unbound()
  }

  private func enlarged(_ map: Tensor, _ grid: PositionGrid) -> Tensor {
    map.resized(height: grid.rows, width: grid.columns, .bilinear)
  }
}
