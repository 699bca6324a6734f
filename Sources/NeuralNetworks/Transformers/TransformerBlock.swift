import Torch

/// Attention and a two-layer perceptron, each after a normalization and beside a residual path.
///
/// The entries are named as in timm.
///
/// - Source: Dosovitskiy et al., *An Image Is Worth 16x16 Words: Transformers for Image Recognition at Scale*, ICLR
///   2021, equations 2 and 3.
public struct TransformerBlock: StreamLayer {
  private let attention: Attention
  private let expand: any StreamLayer
  private let contract: any StreamLayer
  private let drop: StochasticDepth

  /// Registers the block's layers under `attn`, `norm1`, `norm2` and `mlp`.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - width: the number of channels of a token.
  ///   - heads: the number of attention heads, a divisor of `width`.
  ///   - mlpRatio: the width of the perceptron's hidden layer in multiples of `width`.
  ///   - dropPath: the probability that a residual branch is dropped in training.
  ///   - kit: how tasks share the linear layers.
  public init(
    _ path: ParameterPath, width: Int, heads: Int, mlpRatio: Int = 4, dropPath: Double = 0,
    kit: any LayerKit = PlainKit()
  ) {
    attention = Attention(path["attn"], normalizedAt: path["norm1"], width: width, heads: heads, kit: kit)
    let weight = Initialization.normal(deviation: 0.02)
    expand = kit.linear(
      path["mlp", "fc1"], normalizedAt: path["norm2"], LinearShape(from: width, to: mlpRatio * width, weight: weight))
    contract = kit.linear(
      path["mlp", "fc2"], normalizedAt: nil, LinearShape(from: mlpRatio * width, to: width, weight: weight))
    drop = StochasticDepth(probability: dropPath)
  }

  /// Returns the tokens after the block.
  ///
  /// - Parameters:
  ///   - tokens: batch × tokens × width of each stream.
  ///   - context: whether the network is in training, and for which tasks it is evaluated.
  /// - Returns: streams of the same shape.
  public func callAsFunction(_ tokens: Streams, _ context: ForwardContext) -> Streams {
    let attended = tokens + attention(tokens, context).mapChannels { drop($0, context) }
    let hidden = expand(attended, context).mapChannels { $0.gelu() }
    return attended + contract(hidden, context).mapChannels { drop($0, context) }
  }
}
