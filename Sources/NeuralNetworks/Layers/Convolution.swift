import Torch

/// A convolution with a square kernel over batch × channels × height × width.
public struct Convolution: Layer {
  public let weight: Parameter
  public let bias: Parameter?
  let stride: Int
  let padding: Int
  let dilation: Int
  let groups: Int

  /// - Parameter padding: keeps the size at stride 1 when left out.
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

  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    input.convolved(
      weight.value, bias?.value, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }
}
