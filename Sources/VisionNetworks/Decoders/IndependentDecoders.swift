import NeuralNetworks
import Torch

/// A decoder for each task, which knows nothing of the others.
public struct IndependentDecoders: TaskDecoders {
  private let decoders: [any Decoder]

  /// - Parameter decoders: of every task, in the network's order.
  public init(_ decoders: [any Decoder]) { self.decoders = decoders }

  public func callAsFunction(
    _ features: Features, for tasks: [Int], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> [TaskPrediction] {
    tasks.map { TaskPrediction(decoders[$0](features.maps(of: $0), size: size, context)) }
  }
}
