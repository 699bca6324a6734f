import Torch

/// Resizes maps to a fixed size.
public struct Resize: Layer, Sendable {
  let height: Int
  let width: Int
  let interpolation: Interpolation

  /// Creates a layer that resizes to a height and a width in pixels.
  public init(height: Int, width: Int, _ interpolation: Interpolation = .bilinear) {
    self.height = height
    self.width = width
    self.interpolation = interpolation
  }

  /// Returns the resized maps of batch × channels × height × width.
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    input.resized(height: height, width: width, interpolation)
  }
}
