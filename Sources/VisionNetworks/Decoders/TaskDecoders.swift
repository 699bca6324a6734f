import NeuralNetworks
import Torch

/// The decoders of all tasks, which compute every task's prediction from the features, and may exchange features
/// between tasks.
public protocol TaskDecoders {
  /// Returns the predictions of some tasks.
  ///
  /// - Parameters:
  ///   - features: the trunk's result; for decoders with ``DecoderTraits/Capability/exchange`` the features of all
  ///     tasks.
  ///   - tasks: the positions of the wanted tasks.
  ///   - size: height and width of the predictions, those of the image.
  ///   - context: whether the network is in training, and for which tasks it is evaluated.
  /// - Returns: a prediction for each of `tasks`, in their order.
  func callAsFunction(
    _ features: Features, for tasks: [Int], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> [TaskPrediction]
}

/// A network's prediction for one task.
public struct TaskPrediction {
  /// The prediction before any activation: batch × channels × height × width, or batch × channels for an image as a
  /// whole.
  public var output: Tensor
  /// The predictions of the same task from within the network, which are trained, too; empty in most networks.
  public var auxiliary: [AuxiliaryPrediction]

  /// Creates a prediction, which has no auxiliary ones by default.
  public init(_ output: Tensor, auxiliary: [AuxiliaryPrediction] = []) {
    self.output = output
    self.auxiliary = auxiliary
  }
}

/// A prediction from within the network, for deep supervision.
public struct AuxiliaryPrediction {
  /// The prediction's name, such as `scale_3`.
  public var name: String
  /// The factor of its loss in the task's, to which the output's own loss adds with a factor of one.
  public var weight: Double
  /// The prediction before any activation, at the resolution at which the network makes it.
  public var logits: Tensor
  /// Height and width of the task's output; nil for a prediction that is not resized.
  public var size: (height: Int, width: Int)?

  /// The beginning of the prediction's name in the results of public code, before the task's name.
  public var publicPrefix: String

  /// Creates an auxiliary prediction.
  ///
  /// - Parameters:
  ///   - name: the prediction's name.
  ///   - weight: the factor of its loss in the task's.
  ///   - logits: the prediction before any activation.
  ///   - size: height and width of the task's output, to which ``output`` is resized; nil if the prediction has them.
  ///   - publicPrefix: the beginning of the prediction's name in the results of public code; nil for the name and a dot.
  public init(
    _ name: String, weight: Double, _ logits: Tensor, resizedTo size: (height: Int, width: Int)? = nil,
    publicPrefix: String? = nil
  ) {
    self.publicPrefix = publicPrefix ?? name + "."
    self.name = name
    self.weight = weight
    self.logits = logits
    self.size = size
  }

  /// Returns the prediction's name in the results of public code, such as `deep_supervision.scale_3.depth`.
  public func publicName(of task: String) -> String { publicPrefix + task }

  /// The prediction in the shape of the task's output, to which it is resized bilinearly each time it is asked for.
  public var output: Tensor {
    size.map { logits.resized(height: $0.height, width: $0.width, .bilinear) } ?? logits
  }
}
