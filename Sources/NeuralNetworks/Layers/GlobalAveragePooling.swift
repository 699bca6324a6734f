import Torch

/// The mean over all of space: batch × channels × 1 × 1.
public struct GlobalAveragePooling: Layer, Sendable {
  public init() {}

  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    input.adaptiveAveragePooled(height: 1, width: 1)
  }
}
