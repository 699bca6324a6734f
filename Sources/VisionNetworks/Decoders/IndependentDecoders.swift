import NeuralNetworks
import Torch

/// A decoder for each task, which does not depend on the other tasks.
public struct IndependentDecoders: TaskDecoders {
  private let decoders: [any Decoder]

  /// Creates the decoders of a network.
  ///
  /// - Parameter decoders: the decoder of every task, in the network's order.
  public init(_ decoders: [any Decoder]) { self.decoders = decoders }

  /// Returns the predictions of some tasks, each from its own features.
  public func callAsFunction(
    _ features: Features, for tasks: [Int], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> [TaskPrediction] {
    tasks.map { TaskPrediction(decoders[$0](features.maps(of: $0), size: size, context)) }
  }
}
