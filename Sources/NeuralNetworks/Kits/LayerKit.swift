/// A way to make the layers of an encoder: an encoder says what it needs by path and shape, and a kit how tasks share
/// it.
///
/// One encoder has layers that all tasks share with a ``PlainKit``, and a normalization for each task with a
/// ``TaskNormalizedKit``. Its own code does not mention tasks.
public protocol LayerKit {
  /// Makes a convolution and the batch normalization of its output.
  ///
  /// - Parameters:
  ///   - path: where the convolution registers its `weight` and `bias`.
  ///   - norm: where the normalization registers its entries.
  ///   - shape: the numbers of channels, the form of the kernel, and the first values.
  func convolution(
    _ path: ParameterPath, normalizedAt norm: ParameterPath, _ shape: ConvolutionShape
  ) -> any StreamLayer

  /// Makes a linear layer over the last axis, and the layer normalization of its input if there is one.
  ///
  /// - Parameters:
  ///   - path: where the linear layer registers its `weight` and `bias`.
  ///   - norm: where the normalization registers its entries; nil if the input is not normalized.
  ///   - shape: the numbers of channels, and the first values.
  func linear(_ path: ParameterPath, normalizedAt norm: ParameterPath?, _ shape: LinearShape) -> any StreamLayer

  /// Makes the layer normalization of an encoder's last tokens, behind its last layer; by default one that all tasks
  /// share.
  ///
  /// - Parameters:
  ///   - path: where the normalization registers its entries.
  ///   - width: the number of channels of a token.
  ///   - epsilon: a number that is added to the variance.
  func finalNormalization(_ path: ParameterPath, width: Int, epsilon: Double) -> any StreamLayer

  /// Makes a layer of a form of its own, such as the embedding of patches; by default one that all tasks share.
  ///
  /// - Parameters:
  ///   - path: a place above everything that the layer registers.
  ///   - name: the name of the layer below the path.
  ///   - outputs: the number of channels of the output, its last axis.
  ///   - make: registers a layer with some of the outputs at a path.
  func embedding(
    _ path: ParameterPath, named name: String, to outputs: Int,
    _ make: @escaping (_ path: ParameterPath, _ outputs: Int) -> any Layer
  ) -> any StreamLayer
}

extension LayerKit {
  /// Makes a layer normalization that all tasks share.
  public func finalNormalization(_ path: ParameterPath, width: Int, epsilon: Double) -> any StreamLayer {
    SharedLayer(LayerNormalization(path, width: width, epsilon: epsilon))
  }

  /// Makes a layer that all tasks share.
  public func embedding(
    _ path: ParameterPath, named name: String, to outputs: Int,
    _ make: @escaping (_ path: ParameterPath, _ outputs: Int) -> any Layer
  ) -> any StreamLayer { SharedLayer(make(path, outputs)) }
}

/// The shape of a convolution with a square kernel, and of the batch normalization behind it.
public struct ConvolutionShape: Sendable {
  /// The number of input channels.
  public var inputs: Int
  /// The number of output channels.
  public var outputs: Int
  /// The kernel's height and width.
  public var kernel: Int
  /// The step of the kernel, in pixels of the input; defaults to 1.
  public var stride = 1
  /// The distance of the kernel's elements, in pixels of the input; defaults to 1.
  public var dilation = 1
  /// Whether a bias is added before the normalization; defaults to false.
  public var hasBias = false
  /// The distribution of the first weights; nil for libtorch's default.
  public var weight: Initialization?
  /// The distribution of the first biases; nil for libtorch's default.
  public var bias: Initialization?
  /// The weight of a batch's statistics in the running ones; defaults to 0.1.
  public var momentum = 0.1

  /// Creates the shape of a convolution of stride and dilation 1, without bias.
  public init(from inputs: Int, to outputs: Int, kernel: Int) {
    self.inputs = inputs
    self.outputs = outputs
    self.kernel = kernel
  }
}

/// The shape of a linear layer, and of the layer normalization before it.
public struct LinearShape: Sendable {
  /// The size of the input's last axis.
  public var inputs: Int
  /// The size of the output's last axis.
  public var outputs: Int
  /// The distribution of the first weights, beside which biases start at zero; nil for libtorch's default of both.
  public var weight: Initialization?
  /// A number that is added to the variance in the normalization; defaults to 1e-6.
  public var epsilon = 1e-6
  /// The names of the layers that lie in this one side by side, such as `q`, `k` and `v`; empty by default, for one.
  public var partNames: [String] = []

  /// Creates the shape of a linear layer.
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
