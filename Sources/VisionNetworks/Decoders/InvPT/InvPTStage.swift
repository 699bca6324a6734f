import NeuralNetworks
import Torch

/// A stage of an inverted pyramid: an enlargement of each task's map, and a transformer block over the tokens of all
/// tasks.
struct InvPTStage {
  /// The maps of all tasks at a stage.
  struct Tokens {
    /// Batch × (tasks · rows · columns) × width.
    var values: Tensor
    /// Rows and columns of a task.
    var grid: PositionGrid
  }

  /// The enlargement of each task's map; empty at the first stage.
  private let enlargements: [Sequential]
  private let attentionNorm: LayerNormalization
  private let attention: CrossTaskAttention
  private let perceptronNorm: LayerNormalization
  private let perceptron: Sequential

  /// Registers the stage's layers.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - stage: the position of the stage, from 0.
  ///   - width: the number of channels of a token, half of that of the stage before.
  ///   - tasks: the number of tasks.
  init(_ path: ParameterPath, stage: Int, width: Int, tasks: Int) {
    enlargements =
      stage == 0
      ? []
      : (0..<tasks).map { task in
        let path = path["patch_embed"][task]["proj"]
        return Sequential([
          Convolution(path["1"], from: 2 * width, to: width, kernel: 3, dilation: 2, hasBias: false),
          BatchNormalization(path["2"], channels: width), Activation.relu,
          Convolution(path["4"], from: width, to: width, kernel: 3, dilation: 2, hasBias: false),
          BatchNormalization(path["5"], channels: width), Activation.relu,
        ])
      }
    let block = path["blocks", "0"]
    let weight = Initialization.normal(deviation: 0.02)
    attentionNorm = LayerNormalization(block["norm1"], width: width)
    attention = CrossTaskAttention(block["attn"], width: width, tasks: tasks, pooling: 2 << stage)
    perceptronNorm = LayerNormalization(block["norm2"], width: width)
    perceptron = Sequential([
      Linear(block["mlp", "fc1"], from: width, to: 4 * width, weight: weight), Activation.gelu,
      Linear(block["mlp", "fc2"], from: 4 * width, to: width, weight: weight),
    ])
  }

  /// Returns the maps of all tasks at twice the size and half the width, with those of the encoder added.
  ///
  /// - Parameters:
  ///   - tokens: the result of the stage before.
  ///   - skips: the encoder's map for each task, of the new size.
  func enlarged(_ tokens: Tokens, adding skips: [Tensor], _ context: ForwardContext) -> Tokens {
    let (grid, batch) = (tokens.grid, skips[0].shape[0])
    let new = PositionGrid(rows: 2 * grid.rows, columns: 2 * grid.columns)
    let larger = tokens.values.maps(grid).resized(height: new.rows, width: new.columns, .bilinear)
    let byTask = larger.reshaped([batch, skips.count] + larger.shape.dropFirst()).unbound(axis: 1)
    let maps = enlargements.indices.map { enlargements[$0](byTask[$0], context) + skips[$0] }
    return Tokens(values: .concatenated(maps.map(\.pixelTokens), axis: 1), grid: new)
  }

  /// Returns the tokens after the transformer block, and the scores of its attention.
  func callAsFunction(
    _ tokens: Tokens, message: CrossTaskAttention.Scores?, _ context: ForwardContext
  ) -> (tokens: Tokens, scores: CrossTaskAttention.Scores) {
    let (change, scores) = attention(attentionNorm(tokens.values, context), tokens.grid, message: message, context)
    let attended = tokens.values + change
    let values = attended + perceptron(perceptronNorm(attended, context), context)
    return (Tokens(values: values, grid: tokens.grid), scores)
  }
}
