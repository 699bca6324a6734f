import Torch

/// Resizes maps to a fixed size.
public struct Resize: Layer, Sendable {
  let height: Int
  let width: Int
  let interpolation: Interpolation

  public init(height: Int, width: Int, _ interpolation: Interpolation = .bilinear) {
    self.height = height
    self.width = width
    self.interpolation = interpolation
  }

  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    input.resized(height: height, width: width, interpolation)
  }
}
