import NeuralNetworks
import Torch

/// An encoder made of transformer blocks.
public protocol TransformerEncoder: Encoder {
  var stack: TransformerStack { get }

  /// As `callAsFunction`, telling the tokens that enter each layer: batch × tokens × width.
  func features(
    _ images: Tensor, _ context: ForwardContext, observing: (_ layer: Int, _ input: Tensor) -> Void
  ) -> [Tensor]
}
