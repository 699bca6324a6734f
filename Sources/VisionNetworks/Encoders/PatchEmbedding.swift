import NeuralNetworks
import Support
import Torch

/// The tokens of a vision transformer before its first block: patches, a class token before them, and positions, whose
/// entries are named as in timm.
struct PatchEmbedding: Layer {
  private let configuration: VisionTransformer.Configuration
  private let projection: Convolution
  private let classToken: Parameter
  private let positions: Parameter

  /// - Parameter width: the number of channels of a token, which a part of an embedding has fewer of.
  init(_ path: ParameterPath, _ configuration: VisionTransformer.Configuration, width: Int) {
    self.configuration = configuration
    classToken = path.countingAsBias().parameter("cls_token", [1, 1, width], .normal(deviation: 0.02))
    positions = path.countingAsBias().parameter(
      "pos_embed", [1, 1 + configuration.grid.count, width], .normal(deviation: 0.02))
    projection = Convolution(
      path["patch_embed", "proj"], from: configuration.imageChannels, to: width, kernel: configuration.patch,
      stride: configuration.patch, padding: 0)
  }

  /// - Returns: batch × (1 + patches) × width.
  func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> Tensor {
    let grid = configuration.grid(of: images)
    let patches = projection(images, context).flattened(from: 2).transposed(1, 2)
    let classTokens = classToken.value.expanded([images.shape[0], -1, -1]).to(patches.dtype)
    let tokens = Tensor.concatenated([classTokens, patches], axis: 1)
    let learned = configuration.grid
    return tokens
      + (grid == learned
        ? positions.value : learned.resize(positions.value, to: grid, configuration.positionResizing))
  }
}

extension PositionGrid {
  /// Returns positions of this grid, resized to another one; the class token's, which is the first, stays.
  ///
  /// - Parameter positions: 1 × (1 + rows · columns) × width.
  func resize(_ positions: Tensor, to new: PositionGrid, _ interpolation: Interpolation) -> Tensor {
    let width = positions.shape[2]
    let grid = positions[.all, 1...].reshaped([1, rows, columns, width]).permuted([0, 3, 1, 2])
    let resized = grid.resized(height: new.rows, width: new.columns, interpolation)
    let tokens = resized.permuted([0, 2, 3, 1]).reshaped([1, new.count, width])
    return .concatenated([positions[.all, 0..<1], tokens], axis: 1)
  }
}
