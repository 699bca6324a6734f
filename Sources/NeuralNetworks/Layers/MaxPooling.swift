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
