/// How the layers of an encoder are made: an encoder says what it needs by path and shape, a kit says how tasks share it.
///
/// The same encoder is a plain one with a ``PlainKit``, and has normalizations of the tasks' own with a
/// ``TaskNormalizedKit``, without a word about tasks in the encoder.
public protocol LayerKit {
  /// A convolution and the batch normalization of its output.
  ///
  /// - Parameters:
  ///   - path: where the convolution registers its `weight` and `bias`.
  ///   - norm: where the normalization registers its entries.
  func convolution(
    _ path: ParameterPath, normalizedAt norm: ParameterPath, _ shape: ConvolutionShape
  ) -> any StreamLayer

  /// A linear layer over the last axis, and the layer normalization of its input if there is one.
  ///
  /// - Parameters:
  ///   - path: where the linear layer registers its `weight` and `bias`.
  ///   - norm: where the normalization registers its entries; nil if the input is not normalized.
  func linear(_ path: ParameterPath, normalizedAt norm: ParameterPath?, _ shape: LinearShape) -> any StreamLayer
}

/// The shape of a convolution with a square kernel, and of the batch normalization behind it.
public struct ConvolutionShape: Sendable {
  public var inputs: Int
  public var outputs: Int
  public var kernel: Int
  public var stride = 1
  public var dilation = 1
  public var hasBias = false
  /// The distribution of the first weights; nil for libtorch's default.
  public var weight: Initialization?
  /// The distribution of the first biases; nil for libtorch's default.
  public var bias: Initialization?
  /// The weight of a batch's statistics in the running ones.
  public var momentum = 0.1

  public init(from inputs: Int, to outputs: Int, kernel: Int) {
    self.inputs = inputs
    self.outputs = outputs
    self.kernel = kernel
  }
}

/// The shape of a linear layer, and of the layer normalization before it.
public struct LinearShape: Sendable {
  public var inputs: Int
  public var outputs: Int
  /// The distribution of the first weights, beside which biases start at zero; nil for libtorch's default of both.
  public var weight: Initialization?
  /// Added to the variance in the normalization.
  public var epsilon = 1e-6

  public init(from inputs: Int, to outputs: Int, weight: Initialization? = nil) {
    self.inputs = inputs
    self.outputs = outputs
    self.weight = weight
  }
}

extension Convolution {
  init(_ path: ParameterPath, _ shape: ConvolutionShape) {
    self.init(
      path, from: shape.inputs, to: shape.outputs, kernel: shape.kernel, stride: shape.stride,
      dilation: shape.dilation, hasBias: shape.hasBias, weight: shape.weight, bias: shape.bias)
  }
}

extension Linear {
  init(_ path: ParameterPath, _ shape: LinearShape) {
    self.init(path, from: shape.inputs, to: shape.outputs, weight: shape.weight)
  }
}
