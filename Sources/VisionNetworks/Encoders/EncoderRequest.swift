import NeuralNetworks

/// The images for which an encoder is built, and its regularization.
public struct EncoderRequest: Sendable {
  /// The height, in pixels, of the images that a transformer's positions are learned for.
  public var imageHeight: Int
  /// The width, in pixels, of the images that a transformer's positions are learned for.
  public var imageWidth: Int
  /// The channels of the images, which are three for RGB.
  public var imageChannels: Int
  /// The probability that the last block is dropped in training, for encoders with
  /// ``EncoderTraits/Capability/stochasticDepth``.
  public var dropPath: Double

  /// Creates a request, for RGB images and without stochastic depth by default.
  public init(imageHeight: Int, imageWidth: Int, imageChannels: Int = 3, dropPath: Double = 0) {
    self.imageHeight = imageHeight
    self.imageWidth = imageWidth
    self.imageChannels = imageChannels
    self.dropPath = dropPath
  }
}
