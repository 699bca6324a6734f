import Torch

/// A convolution with a square kernel over batch × channels × height × width.
public struct Convolution: Layer {
  /// The kernels: outputs × inputs / groups × kernel × kernel.
  public let weight: Parameter
  /// The offset of each output; nil if there is none.
  public let bias: Parameter?
  let stride: Int
  let padding: Int
  let dilation: Int
  let groups: Int

  /// Registers `weight` and `bias`.
  ///
  /// - Parameters:
  ///   - path: where the entries are registered.
  ///   - inputs: the number of input channels.
  ///   - outputs: the number of output channels.
  ///   - kernel: the height and width of the kernel.
  ///   - stride: the step of the kernel, in elements of the input.
  ///   - padding: the number of zeros at each border; nil for as many as keep the size at stride 1.
  ///   - dilation: the distance of the kernel's elements, in elements of the input.
  ///   - groups: the number of groups of channels that do not see each other, a divisor of `inputs` and `outputs`.
  ///   - hasBias: whether a bias is added.
  ///   - weight: the distribution of the first weights; nil for libtorch's default.
  ///   - biasInitialization: the distribution of the first biases; nil for libtorch's default.
  public init(
    _ path: ParameterPath, from inputs: Int, to outputs: Int, kernel: Int, stride: Int = 1,
    padding: Int? = nil, dilation: Int = 1, groups: Int = 1, hasBias: Bool = true,
    weight: Initialization? = nil, bias biasInitialization: Initialization? = nil
  ) {
    let fanIn = inputs / groups * kernel * kernel
    self.weight = path.parameter(
      "weight", [outputs, inputs / groups, kernel, kernel], weight ?? .uniform(fanIn: fanIn))
    bias = hasBias ? path.parameter("bias", [outputs], biasInitialization ?? .uniform(fanIn: fanIn)) : nil
    self.stride = stride
    self.padding = padding ?? dilation * (kernel / 2)
    self.dilation = dilation
    self.groups = groups
  }

  /// Returns the convolution of batch × inputs × height × width.
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    input.convolved(
      weight.value, bias?.value, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }
}
