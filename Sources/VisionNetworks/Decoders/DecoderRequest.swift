import NeuralNetworks

/// The features and tasks for which decoders are built.
public struct DecoderRequest: Sendable {
  /// The channels of each feature map, finest first.
  public var featureChannels: [Int]
  /// The number of pixels of the image that one step in each feature map is.
  public var featureStrides: [Int]
  /// Every task with the channels of its prediction, in the network's order.
  public var outputs: [TaskOutput]
  /// The height and width, in pixels, of the images for which the network is built.
  public var imageSize: (height: Int, width: Int)

  /// Creates the request for decoders of some tasks.
  public init(
    featureChannels: [Int], featureStrides: [Int], outputs: [TaskOutput], imageSize: (height: Int, width: Int)
  ) {
    self.imageSize = imageSize
    self.featureChannels = featureChannels
    self.featureStrides = featureStrides
    self.outputs = outputs
  }
}

/// A task and the number of channels of its prediction.
public struct TaskOutput: Sendable, Equatable {
  /// The name of the task.
  public let task: String
  /// The channels of the prediction.
  public let channels: Int

  /// Creates the output of a task.
  public init(task: String, channels: Int) {
    self.task = task
    self.channels = channels
  }
}
