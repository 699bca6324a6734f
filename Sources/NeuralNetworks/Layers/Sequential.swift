import Torch

/// Layers one after another.
public struct Sequential: Layer {
  public let layers: [any Layer]

  public init(_ layers: [any Layer]) { self.layers = layers }

  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    layers.reduce(input) { $1($0, context) }
  }
}
