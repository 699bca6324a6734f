import Torch

/// The transposed convolution with a square kernel over batch × channels × height × width, which enlarges maps by its
/// stride.
public struct TransposedConvolution: Layer {
  let weight: Parameter
  let bias: Parameter?
  let stride: Int
  let padding: Int
  let outputPadding: Int

  /// Registers `weight` (inputs × outputs × kernel × kernel) and `bias`.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - inputs: the number of input channels.
  ///   - outputs: the number of output channels.
  ///   - kernel: the height and width of the kernel.
  ///   - stride: the factor by which maps are enlarged.
  ///   - padding: the number of rows and columns that are cut off at each border.
  ///   - outputPadding: the number of rows and columns that are added at the bottom and on the right.
  ///   - hasBias: whether a bias is added.
  ///   - weight: the distribution of the first weights, beside which biases start at zero; nil for libtorch's default
  ///     of both.
  public init(
    _ path: ParameterPath, from inputs: Int, to outputs: Int, kernel: Int, stride: Int, padding: Int = 0,
    outputPadding: Int = 0, hasBias: Bool = true, weight: Initialization? = nil
  ) {
    let fanIn = outputs * kernel * kernel
    self.weight = path.parameter("weight", [inputs, outputs, kernel, kernel], weight ?? .uniform(fanIn: fanIn))
    bias = hasBias ? path.parameter("bias", [outputs], weight == nil ? .uniform(fanIn: fanIn) : .zeros) : nil
    self.stride = stride
    self.padding = padding
    self.outputPadding = outputPadding
  }

  /// Returns the enlarged maps.
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    input.convolvedTransposed(
      weight.value, bias?.value, stride: stride, padding: padding, outputPadding: outputPadding)
  }
}
