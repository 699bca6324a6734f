import NeuralNetworks
import Torch

/// An encoder made of transformer blocks, which tasks may grow into.
public protocol TransformerEncoder: Encoder {
  var stack: TransformerStack { get }

  /// As `callAsFunction`, telling the tokens that enter each layer: batch × tokens × width of each stream.
  func features(
    _ images: Tensor, _ context: ForwardContext, observing: (_ layer: Int, _ input: Streams) -> Void
  ) -> [Streams]
}

extension TransformerEncoder {
  public func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams] {
    features(images, context) { _, _ in }
  }
}
