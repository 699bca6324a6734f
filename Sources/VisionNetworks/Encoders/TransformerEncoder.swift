import NeuralNetworks
import Torch

/// An encoder made of transformer blocks, to which parts of tasks can be added.
public protocol TransformerEncoder: Encoder {
  /// The blocks, to which parts of tasks can be added.
  var stack: TransformerStack { get }

  /// Returns the feature maps of some images, and hands out the tokens that enter each layer.
  ///
  /// - Parameters:
  ///   - images: batch × channels × height × width.
  ///   - context: whether the network is in training, and for which tasks it is evaluated.
  ///   - observe: a function that is called with each layer's number and the tokens that enter it, batch × tokens ×
  ///     width of each stream.
  func features(
    _ images: Tensor, _ context: ForwardContext, observing observe: (_ layer: Int, _ input: Streams) -> Void
  ) -> [Streams]
}

extension TransformerEncoder {
  /// Returns the feature maps of some images.
  public func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams] {
    features(images, context) { _, _ in }
  }
}
