import NeuralNetworks
import Torch

/// Attention of all tasks' tokens over all tasks' tokens, at half the resolution of a stage for queries, and less for
/// keys and values. A stage's scores take part in those of the next one.
///
/// - Source: Ye, Xu, *Inverted Pyramid Multi-task Transformer for Dense Scene Understanding*, ECCV 2022, sections 3.4
///   and 3.5.
struct CrossTaskAttention {
  /// Products of queries and keys before the softmax.
  struct Scores {
    /// Batch × heads × (tasks · queries) × keys.
    var products: Tensor
    /// The grid of a task's queries.
    var grid: PositionGrid
  }

  private static let heads = 2
  private let reductions: [Sequential]
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let projection: Linear
  /// The first stage has this layer, too, but no scores of a stage before it.
  private let fusion: Convolution
  private let width: Int
  private let pooling: Int

  /// Registers the layers.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - width: the number of channels of a token.
  ///   - tasks: the number of tasks, each of which has a convolution before its queries.
  ///   - pooling: the number of tokens of each axis that are one key.
  init(_ path: ParameterPath, width: Int, tasks: Int, pooling: Int) {
    reductions = (0..<tasks).map { task in
      let path = path["conv_proj_q"][task]
      return Sequential([
        Convolution(path["conv"], from: width, to: width, kernel: 3, stride: 2, groups: width, hasBias: false),
        BatchNormalization(path["bn"], channels: width),
      ])
    }
    func linear(_ name: String) -> Linear {
      Linear(path[name], from: width, to: width, weight: .normal(deviation: 0.02))
    }
    (query, key, value, projection) = (linear("proj_q"), linear("proj_k"), linear("proj_v"), linear("proj"))
    fusion = Convolution(path["fuse_attn"], from: 2 * Self.heads, to: Self.heads, kernel: 1)
    self.width = width
    self.pooling = pooling
  }

  /// - Parameters:
  ///   - tokens: batch × (tasks · rows · columns) × width.
  ///   - grid: rows and columns of a task, which are even and multiples of the keys' pooling.
  ///   - message: the scores of the stage before, of half as many rows and columns of queries; nil at the first.
  /// - Returns: tokens of the same shape, and the scores.
  func callAsFunction(
    _ tokens: Tensor, _ grid: PositionGrid, message: Scores?, _ context: ForwardContext
  ) -> (tokens: Tensor, scores: Scores) {
    let batch = tokens.shape[0]
    let maps = tokens.maps(grid)
    let byTask = maps.reshaped([batch, reductions.count] + maps.shape.dropFirst()).unbound(axis: 1)
    let queries = Tensor.concatenated(
      zip(reductions, byTask).map { reduce, map in reduce(map, context).pixelTokens }, axis: 1)
    let pooled = maps.averagePooled(kernel: pooling, stride: pooling).permuted([0, 2, 3, 1])
      .reshaped([batch, -1, width])
    let (q, k, v) = (
      heads(query(queries, context)), heads(key(pooled, context)), heads(value(pooled, context))
    )
    // Scaled by the whole width, not by that of a head, as the public code does.
    var products = q.matmul(k.transposed()) * (1 / Double(width).squareRoot())
    let coarse = PositionGrid(rows: grid.rows / 2, columns: grid.columns / 2)
    if let message {
      products = fusion(
        .concatenated([products, message.products.resizedTokens(from: message.grid, to: coarse)], axis: 1), context)
    }
    let gathered = products.softmax(axis: -1).matmul(v).transposed(1, 2).reshaped([batch, -1, width])
    let result = projection(gathered, context).resizedTokens(from: coarse, to: grid)
    return (result, Scores(products: products, grid: coarse))
  }

  /// Returns batch × tokens × width as batch × heads × tokens × width / heads.
  private func heads(_ tokens: Tensor) -> Tensor {
    tokens.reshaped([tokens.shape[0], -1, Self.heads, width / Self.heads]).transposed(1, 2)
  }
}
