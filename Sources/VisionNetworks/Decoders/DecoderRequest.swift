import NeuralNetworks

/// What decoders are built for.
public struct DecoderRequest: Sendable {
  /// The channels of each feature map, finest first.
  public var featureChannels: [Int]
  /// How many pixels of the image one step in each feature map is.
  public var featureStrides: [Int]
  /// Every task with the channels of its prediction, in the network's order.
  public var outputs: [TaskOutput]

  public init(featureChannels: [Int], featureStrides: [Int], outputs: [TaskOutput]) {
    self.featureChannels = featureChannels
    self.featureStrides = featureStrides
    self.outputs = outputs
  }
}

/// A task as a network sees it.
public struct TaskOutput: Sendable, Equatable {
  public let task: String
  /// The channels of the prediction.
  public let channels: Int

  public init(task: String, channels: Int) {
    self.task = task
    self.channels = channels
  }
}
