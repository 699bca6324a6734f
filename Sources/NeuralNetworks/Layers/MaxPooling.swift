import Torch

/// The largest value of every square window.
public struct MaxPooling: Layer, Sendable {
  let kernel: Int
  let stride: Int
  let padding: Int

  /// Creates the layer, which has no parameters.
  ///
  /// - Parameters:
  ///   - kernel: the height and width of a window.
  ///   - stride: the step between windows.
  ///   - padding: the number of rows and columns at each border that count as −∞.
  public init(kernel: Int, stride: Int, padding: Int = 0) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  /// Returns the largest values of batch × channels × height × width.
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    input.maxPooled(kernel: kernel, stride: stride, padding: padding)
  }
}
