import Torch

/// Layers, each of which works on the output of the one before it.
public struct Sequential: Layer {
  /// The layers in order.
  public let layers: [any Layer]

  /// Creates the chain of some layers, which is the identity if there are none.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// Returns the output of the last layer.
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    layers.reduce(input) { $1($0, context) }
  }
}
