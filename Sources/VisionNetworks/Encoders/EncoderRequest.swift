import NeuralNetworks
import Torch

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
  /// The interpolation of a transformer's positions for images of another size, also of pretrained positions while
  /// they are loaded.
  public var positionResizing = Interpolation.bicubicAntialiased
  /// The tasks of the network, for encoders with parts of tasks; the network sets them.
  public var tasks: [String] = []
  /// The form of the features of a transformer, which the decoder sets.
  public var readout = Readout.maps

  /// The form in which a transformer hands out its features.
  public enum Readout: Sendable, Hashable {
    /// The patch tokens as maps; those of the last block after the final normalization.
    case maps
    /// The patch tokens of each selected block as maps, without the final normalization.
    case rawMaps
    /// The tokens of each selected block with the class token before them, without the final normalization:
    /// batch × (1 + patches) × width.
    case rawTokens
  }

  /// Creates a request, for RGB images and without stochastic depth by default.
  public init(imageHeight: Int, imageWidth: Int, imageChannels: Int = 3, dropPath: Double = 0) {
    self.imageHeight = imageHeight
    self.imageWidth = imageWidth
    self.imageChannels = imageChannels
    self.dropPath = dropPath
  }
}
