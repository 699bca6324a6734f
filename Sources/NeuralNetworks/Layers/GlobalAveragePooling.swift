import Torch

/// The mean of every channel over all of space.
public struct GlobalAveragePooling: Layer, Sendable {
  /// Creates the layer, which has no parameters.
  public init() {}

  /// Returns the means of batch × channels × height × width as batch × channels × 1 × 1.
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    input.adaptiveAveragePooled(height: 1, width: 1)
  }
}
