import NeuralNetworks
import Torch

/// Residual blocks of a decoder, one after another over one map.
struct ResidualBlocks: Layer {
  private let blocks: [ResidualBlock]

  /// Creates a layer of blocks that all tasks share.
  init(_ blocks: [ResidualBlock]) { self.blocks = blocks }

  func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    blocks.reduce(Streams(input)) { $1($0, context) }.shared!
  }
}
