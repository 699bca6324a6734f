import Torch

/// The largest value of every window.
public struct MaxPooling: Layer, Sendable {
  let kernel: Int
  let stride: Int
  let padding: Int

  public init(kernel: Int, stride: Int, padding: Int = 0) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    input.maxPooled(kernel: kernel, stride: stride, padding: padding)
  }
}

/// The mean over all of space: batch × channels × 1 × 1.
public struct GlobalAveragePooling: Layer, Sendable {
  public init() {}

  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    input.adaptiveAveragePooled(height: 1, width: 1)
  }
}

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
