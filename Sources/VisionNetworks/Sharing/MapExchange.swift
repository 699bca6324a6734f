import NeuralNetworks
import Torch

/// What mixes the maps of all tasks at one place of their encoders.
protocol MapExchange {
  /// Returns the maps with which the tasks go on.
  ///
  /// - Parameters:
  ///   - maps: the map of each task, batch × channels × height × width.
  ///   - context: whether the network is in training.
  func callAsFunction(_ maps: [Tensor], _ context: ForwardContext) -> [Tensor]
}
