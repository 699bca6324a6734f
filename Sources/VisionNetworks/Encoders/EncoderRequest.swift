import NeuralNetworks

/// What an encoder is built for.
public struct EncoderRequest: Sendable {
  /// The size of images that a transformer's positions are learned for.
  public var imageHeight: Int
  public var imageWidth: Int
  /// Three for RGB.
  public var imageChannels: Int
  /// The probability that the last block is dropped in training, for encoders with ``EncoderTraits/Capability/stochasticDepth``.
  public var dropPath: Double

  public init(imageHeight: Int, imageWidth: Int, imageChannels: Int = 3, dropPath: Double = 0) {
    self.imageHeight = imageHeight
    self.imageWidth = imageWidth
    self.imageChannels = imageChannels
    self.dropPath = dropPath
  }
}
