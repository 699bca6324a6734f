import Torch

/// Attention and a two-layer perceptron, each after a normalization and beside a residual path.
///
/// - Source: Dosovitskiy et al., *An Image Is Worth 16x16 Words*, ICLR 2021, equations 2 and 3. Names as in timm.
public struct TransformerBlock: Layer {
  let attentionNorm: LayerNormalization
  let attention: Attention
  let mlpNorm: LayerNormalization
  let expand: Linear
  let contract: Linear
  let drop: StochasticDepth

  public init(_ path: ParameterPath, width: Int, heads: Int, mlpRatio: Int = 4, dropPath: Double = 0) {
    attentionNorm = LayerNormalization(path["norm1"], width: width, epsilon: 1e-6)
    attention = Attention(path["attn"], width: width, heads: heads)
    mlpNorm = LayerNormalization(path["norm2"], width: width, epsilon: 1e-6)
    expand = Linear(path["mlp", "fc1"], from: width, to: mlpRatio * width, weight: .normal(deviation: 0.02))
    contract = Linear(path["mlp", "fc2"], from: mlpRatio * width, to: width, weight: .normal(deviation: 0.02))
    drop = StochasticDepth(probability: dropPath)
  }

  /// - Parameter tokens: batch × tokens × width.
  public func callAsFunction(_ tokens: Tensor, _ context: ForwardContext) -> Tensor {
    let attended = tokens + drop(attention(attentionNorm(tokens, context), context), context)
    let hidden = expand(mlpNorm(attended, context), context).gelu()
    return attended + drop(contract(hidden, context), context)
  }
}
