import NeuralNetworks
import Torch

/// The features of all tasks at one of the four levels of a transformer with prompts.
struct PromptedLevel {
  /// A task's own layers.
  private struct Task {
    let spatial: Convolution
    let channel: Convolution
    let fusion: Sequential
    /// The weights of the tasks' features from the attention between prompts; nil if they are not mixed.
    let mixing: Sequential?
  }

  private let tasks: [Task]
  private let grid: PositionGrid
  private let windows: Int
  private let heads: Int

  /// Registers the layers of all tasks.
  init(_ path: ParameterPath, level: Int, _ configuration: TaskPrompter.Configuration, tasks: [String]) {
    let (width, decoded, output) = (
      configuration.transformer.width, configuration.decodedWidth, configuration.outputWidth
    )
    (grid, windows, heads) = (
      configuration.transformer.grid, configuration.windows, configuration.transformer.heads
    )
    self.tasks = tasks.map { [heads] task in
      let fusion = path["fea_fuse"][level][task]
      let mixing = path["ctr_attn_conv"][level][task]
      return Task(
        spatial: Convolution(path["fea_decode_spa"][level][task]["0"], from: width, to: decoded, kernel: 1),
        channel: Convolution(path["fea_decode_chan"][level][task]["0"], from: width, to: decoded, kernel: 1),
        fusion: Sequential([
          Convolution(fusion["0"], from: 2 * decoded, to: output, kernel: 1),
          Convolution(fusion["1"], from: output, to: output, kernel: 3),
          BatchNormalization(fusion["2"], channels: output), Activation.gelu,
          Convolution(fusion["4"], from: output, to: output, kernel: 1),
        ]),
        mixing: configuration.mixesTasks
          ? Sequential([
            Convolution(mixing["0"], from: heads, to: heads, kernel: 1), Activation.gelu,
            Convolution(mixing["2"], from: heads, to: 1, kernel: 1),
          ]) : nil)
    }
  }

  /// Returns each task's features, batch × channels × rows × columns.
  ///
  /// - Parameters:
  ///   - patches: batch × patches × width.
  ///   - attention: that of the block whose result the patches are.
  ///   - context: whether the network is in training, and for which tasks it is evaluated.
  func callAsFunction(_ patches: Tensor, _ attention: PromptAttention, _ context: ForwardContext) -> [Tensor] {
    let (betweenPrompts, byPatch) = attention.products()
    let byChannel = attention.channelProducts()
    let map = patches.transposed(1, 2)
    let features = tasks.indices.map { index in
      let task = tasks[index]
      let parts = [
        task.spatial(weighed(map, byPatch: byPatch[.all, .all, index]), context),
        task.channel(weighed(map, byChannel: byChannel[.all, index]), context),
      ]
      return task.fusion(.concatenated(parts, axis: 1), context)
    }
    return tasks.indices.map { index in
      guard let mixing = tasks[index].mixing else { return features[index] }
      let weights = mixing(betweenPrompts[.all, .all, index..<(index + 1)], context)
      return Self.sum(features, weights)
    }
  }

  /// Returns the map with each head's channels weighed by its attention to every patch, and added to itself.
  ///
  /// - Parameters:
  ///   - map: batch × width × patches.
  ///   - weights: batch × heads × patches.
  private func weighed(_ map: Tensor, byPatch weights: Tensor) -> Tensor {
    let byHead = map.reshaped([map.shape[0], heads, -1, grid.count])
    return (byHead + byHead * weights.expandingAxis(2)).reshaped([map.shape[0], -1, grid.rows, grid.columns])
  }

  /// Returns the map with each channel weighed in every window, and added to itself.
  ///
  /// - Parameters:
  ///   - map: batch × width × patches.
  ///   - weights: batch × width × windows × windows.
  private func weighed(_ map: Tensor, byChannel weights: Tensor) -> Tensor {
    let (batch, width) = (map.shape[0], map.shape[1])
    let inWindows = map.reshaped([batch, width, windows, grid.rows / windows, windows, grid.columns / windows])
    return (inWindows + inWindows * weights.reshaped([batch, width, windows, 1, windows, 1]))
      .reshaped([batch, width, grid.rows, grid.columns])
  }

  /// Returns the sum of the tasks' features.
  ///
  /// - Parameter weights: batch × 1 × 1 × tasks.
  private static func sum(_ features: [Tensor], _ weights: Tensor) -> Tensor {
    let weighed = features.enumerated().map { index, map in map * weights[.all, .all, .all, index..<(index + 1)] }
    return weighed.dropFirst().reduce(weighed[0]) { $0 + $1 }
  }
}
