import NeuralNetworks
import Torch

/// The decoders of all tasks: features in, every task's prediction out. Tasks may exchange features on the way.
public protocol TaskDecoders {
  /// - Parameters:
  ///   - features: what the trunk gave; of an exchange (``DecoderTraits/Capability/exchange``), the features of all tasks.
  ///   - tasks: positions of the wanted tasks.
  ///   - size: height and width of the predictions, those of the image.
  /// - Returns: a prediction for each of `tasks`, in their order.
  func callAsFunction(
    _ features: Features, for tasks: [Int], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> [TaskPrediction]
}

/// What a network says about one task.
public struct TaskPrediction {
  /// Before any activation: batch × channels × height × width, or batch × channels of an image-level prediction.
  public var output: Tensor
  /// Predictions of the same task from within the network, which are trained, too; empty in most networks.
  public var auxiliary: [AuxiliaryPrediction]

  public init(_ output: Tensor, auxiliary: [AuxiliaryPrediction] = []) {
    self.output = output
    self.auxiliary = auxiliary
  }
}

/// A prediction from within the network, for deep supervision.
public struct AuxiliaryPrediction {
  /// For logs: `scale_3`.
  public var name: String
  /// How much its loss counts in the task's, beside the output's, which counts once.
  public var weight: Double
  /// Shaped like the task's output.
  public var output: Tensor

  public init(_ name: String, weight: Double, _ output: Tensor) {
    self.name = name
    self.weight = weight
    self.output = output
  }
}
