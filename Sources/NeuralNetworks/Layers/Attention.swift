import Support
import Torch

/// Multi-head self-attention over batch × tokens × width; names as in timm (`qkv`, `proj`).
///
/// - Source: Vaswani et al., *Attention Is All You Need*, NeurIPS 2017, section 3.2.
public struct Attention: Layer {
  let qkv: Linear
  let projection: Linear
  let heads: Int

  public init(_ path: ParameterPath, width: Int, heads: Int) {
    require(width % heads == 0, "\(heads) heads do not divide a width of \(width)")
    qkv = Linear(path["qkv"], from: width, to: 3 * width, weight: .normal(deviation: 0.02))
    projection = Linear(path["proj"], from: width, to: width, weight: .normal(deviation: 0.02))
    self.heads = heads
  }

  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    let (batch, tokens, width) = (input.shape[0], input.shape[1], input.shape[2])
    let parts = qkv(input, context)
      .reshaped([batch, tokens, 3, heads, width / heads])
      .permuted([2, 0, 3, 1, 4])
      .unbound()
    let attended = Tensor.attention(query: parts[0], key: parts[1], value: parts[2])
    return projection(attended.transposed(1, 2).reshaped([batch, tokens, width]), context)
  }
}
