import Support
import Torch

/// Multi-head self-attention over batch × tokens × width, whose entries are named `qkv` and `proj` as in timm.
///
/// - Source: Vaswani et al., *Attention Is All You Need*, NeurIPS 2017, section 3.2.
public struct Attention: StreamLayer {
  private let qkv: any StreamLayer
  private let projection: any StreamLayer
  private let heads: Int

  /// Registers the linear layers that compute queries, keys and values, and project the result.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - norm: where the normalization of the input registers its entries; nil if the input is not normalized.
  ///   - width: the number of channels of a token.
  ///   - heads: the number of heads, which has to divide `width`; otherwise the process stops.
  ///   - kit: how tasks share the linear layers.
  public init(
    _ path: ParameterPath, normalizedAt norm: ParameterPath? = nil, width: Int, heads: Int,
    kit: any LayerKit = PlainKit()
  ) {
    require(width % heads == 0, "\(heads) heads do not divide a width of \(width)")
    let weight = Initialization.normal(deviation: 0.02)
    var shape = LinearShape(from: width, to: 3 * width, weight: weight)
    shape.partNames = ["q", "k", "v"]
    qkv = kit.linear(path["qkv"], normalizedAt: norm, shape)
    projection = kit.linear(path["proj"], normalizedAt: nil, LinearShape(from: width, to: width, weight: weight))
    self.heads = heads
  }

  /// Returns what each token gathers from all tokens of its stream, without the residual path.
  ///
  /// - Parameters:
  ///   - input: batch × tokens × width of each stream.
  ///   - context: whether the network is in training, and for which tasks it is evaluated.
  /// - Returns: streams of the same shape.
  public func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    let qkv = qkv(input, context)
    guard let packed = qkv.packed else { return projection(qkv.map(attended), context) }
    let channels = packed.channels.heads(count: heads)
    func attend() -> Tensor { channels.attended(packed.values) }
    let values = context.trace?.attention(heads: heads, tokens: packed.values.shape[1], attend) ?? attend()
    return projection(
      Streams(PackedStreams(values, sources: channels.sources, origins: packed.origins, axis: .tokens)), context)
  }

  /// - Parameter qkv: batch × tokens × 3 · width.
  private func attended(_ qkv: Tensor) -> Tensor {
    let (batch, tokens, width) = (qkv.shape[0], qkv.shape[1], qkv.shape[2] / 3)
    let parts = qkv.reshaped([batch, tokens, 3, heads, width / heads]).permuted([2, 0, 3, 1, 4]).unbound()
    return Tensor.attention(query: parts[0], key: parts[1], value: parts[2])
      .transposed(1, 2).reshaped([batch, tokens, width])
  }
}
