import NeuralNetworks
import Torch

/// The tokens of a transformer with prompts.
struct PromptedTokens {
  /// Batch × tasks × width.
  var prompts: Tensor
  /// Batch × patches × width.
  var patches: Tensor
}

/// A transformer block over patches and the prompts of tasks, whose normalizations and perceptron both share.
struct PromptedBlock {
  private let attentionNorm: LayerNormalization
  private let qkv: Linear
  private let projection: Linear
  private let toPatches: Linear
  private let fromPatches: Linear
  private let perceptronNorm: LayerNormalization
  private let perceptron: Sequential
  private let drop: StochasticDepth
  private let heads: Int
  private let grid: PositionGrid
  private let windows: Int

  /// Registers the layers as in timm, and those between prompts and patches as `attn.token_trans` and
  /// `attn.token_trans1`.
  init(_ path: ParameterPath, _ configuration: TaskPrompter.Configuration, dropPath: Double) {
    let transformer = configuration.transformer
    (heads, grid, windows) = (transformer.heads, transformer.grid, configuration.windows)
    let width = transformer.width
    func linear(_ path: ParameterPath, from inputs: Int, to outputs: Int) -> Linear {
      Linear(path, from: inputs, to: outputs, weight: .normal(deviation: 0.02))
    }
    attentionNorm = LayerNormalization(path["norm1"], width: width, epsilon: 1e-6)
    qkv = linear(path["attn", "qkv"], from: width, to: 3 * width)
    projection = linear(path["attn", "proj"], from: width, to: width)
    toPatches = linear(path["attn", "token_trans"], from: width, to: grid.count)
    fromPatches = linear(path["attn", "token_trans1"], from: grid.count, to: width)
    perceptronNorm = LayerNormalization(path["norm2"], width: width, epsilon: 1e-6)
    perceptron = Sequential([
      linear(path["mlp", "fc1"], from: width, to: 4 * width), Activation.gelu,
      linear(path["mlp", "fc2"], from: 4 * width, to: width),
    ])
    drop = StochasticDepth(probability: dropPath)
  }

  /// Returns what prompts and patches gather from each other.
  func attend(_ tokens: PromptedTokens, _ context: ForwardContext) -> PromptAttention {
    let prompts = attentionNorm(tokens.prompts, context)
    let patches = attentionNorm(tokens.patches, context)
    let joint = Tensor.concatenated([prompts, patches], axis: 1)
    let (batch, count, width) = (joint.shape[0], joint.shape[1], joint.shape[2])
    let parts = qkv(joint, context).reshaped([batch, count, 3, heads, width / heads]).permuted([2, 0, 3, 1, 4])
      .unbound()
    let gathered = Tensor.attention(query: parts[0], key: parts[1], value: parts[2])
      .transposed(1, 2).reshaped([batch, count, width])
    return PromptAttention(
      gathered: projection(gathered, context), queries: parts[0].narrowed(axis: 2, from: 0, count: prompts.shape[1]),
      keys: parts[1], channelPrompts: toPatches(prompts, context), patches: patches, grid: grid, windows: windows)
  }

  /// Returns the patches after the block.
  func patches(after attention: PromptAttention, _ tokens: PromptedTokens, _ context: ForwardContext) -> Tensor {
    let change = attention.gathered[.all, tokens.prompts.shape[1]...]
    return throughPerceptron(tokens.patches + drop(change, context), context)
  }

  /// Returns the prompts after the block.
  func prompts(after attention: PromptAttention, _ tokens: PromptedTokens, _ context: ForwardContext) -> Tensor {
    let gathered = attention.gathered[.all, 0..<tokens.prompts.shape[1]]
    let change = gathered + fromPatches(attention.channelPrompts, context)
    return throughPerceptron(tokens.prompts + drop(change, context), context)
  }

  private func throughPerceptron(_ tokens: Tensor, _ context: ForwardContext) -> Tensor {
    tokens + drop(perceptron(perceptronNorm(tokens, context), context), context)
  }
}
