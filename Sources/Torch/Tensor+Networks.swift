private enum Aten {
  static let linear = Operator("linear")
  // Not `convolution`: autocast on the CPU leaves that one as it is.
  static let convolution = Operator("conv2d")
  static let transposedConvolution = Operator("conv_transpose2d", "input")
  static let batchNorm = Operator("batch_norm")
  static let layerNorm = Operator("layer_norm")
  static let groupNorm = Operator("group_norm")
  static let attention = Operator("scaled_dot_product_attention")
  static let relu = Operator("relu")
  static let gelu = Operator("gelu")
  static let sigmoid = Operator("sigmoid")
  static let tanh = Operator("tanh")
  static let softplus = Operator("softplus")
  static let softmax = Operator("softmax", "int")
  static let logSoftmax = Operator("log_softmax", "int")
  static let maxPool = Operator("max_pool2d")
  static let maxPoolWithIndices = Operator("max_pool2d_with_indices")
  static let scatter = Operator("scatter", "src")
  static let averagePool = Operator("avg_pool2d")
  static let adaptiveAveragePool = Operator("adaptive_avg_pool2d")
  static let bilinear = Operator("upsample_bilinear2d")
  static let bilinearAntialiased = Operator("_upsample_bilinear2d_aa")
  static let bicubic = Operator("upsample_bicubic2d")
  static let bicubicAntialiased = Operator("_upsample_bicubic2d_aa")
  static let nearest = Operator("upsample_nearest2d")
  static let crossEntropy = Operator("cross_entropy_loss")
  static let binaryCrossEntropy = Operator("binary_cross_entropy_with_logits")
}

extension Tensor {
  /// Returns `x Wᵀ + b` over the last axis, with a weight W of shape outputs × inputs and a bias b of `outputs`
  /// elements.
  public func linear(_ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
    Aten.linear(.tensor(self), .tensor(weight), .optional(bias))
  }

  /// Returns the convolution of batch × channels × height × width.
  ///
  /// - Parameters:
  ///   - weight: outputs × inputs / `groups` × kernel height × kernel width.
  ///   - bias: one element for each output; nil for zeros.
  ///   - stride: the step of the kernel, in elements of the input.
  ///   - padding: the number of zeros at each of the four borders.
  ///   - dilation: the distance of the kernel's elements, in elements of the input.
  ///   - groups: the number of groups of channels that do not see each other.
  public func convolved(
    _ weight: Tensor, _ bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
    groups: Int = 1
  ) -> Tensor {
    Aten.convolution(
      .tensor(self), .tensor(weight), .optional(bias), .integers([stride, stride]),
      .integers([padding, padding]), .integers([dilation, dilation]), .integer(groups))
  }

  /// Returns the transposed convolution of batch × channels × height × width, which enlarges maps by its stride.
  ///
  /// - Parameters:
  ///   - weight: inputs × outputs × kernel height × kernel width.
  ///   - bias: one element for each output; nil for zeros.
  ///   - stride: the factor by which maps are enlarged.
  ///   - padding: the number of rows and columns that are cut off at each of the four borders.
  ///   - outputPadding: the number of rows and columns that are added at the bottom and on the right; below `stride`.
  public func convolvedTransposed(
    _ weight: Tensor, _ bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, outputPadding: Int = 0
  ) -> Tensor {
    Aten.transposedConvolution(
      .tensor(self), .tensor(weight), .optional(bias), .integers([stride, stride]),
      .integers([padding, padding]), .integers([outputPadding, outputPadding]))
  }

  /// Normalizes each channel (axis 1) by the statistics of the batch, which the running ones then follow, or by the
  /// running ones.
  ///
  /// - Parameters:
  ///   - weight: the factor of each channel after normalization; nil for one.
  ///   - bias: the offset of each channel after normalization; nil for zero.
  ///   - runningMean: the running mean of each channel; nil if the batch's counts and none is kept.
  ///   - runningVariance: the running variance of each channel; nil if the batch's counts and none is kept.
  ///   - usesBatch: whether the batch's statistics count; otherwise the running ones have to be given.
  ///   - momentum: the weight of the batch's statistics in the running ones.
  ///   - epsilon: a number that is added to the variance.
  public func batchNormalized(
    weight: Tensor?, bias: Tensor?, runningMean: Tensor?, runningVariance: Tensor?, usesBatch: Bool,
    momentum: Double, epsilon: Double
  ) -> Tensor {
    Aten.batchNorm(
      .tensor(self), .optional(weight), .optional(bias), .optional(runningMean), .optional(runningVariance),
      .boolean(usesBatch), .real(momentum), .real(epsilon), false)
  }

  /// Normalizes over the last axis, then multiplies by `weight` and adds `bias`, each of the axis's size.
  public func layerNormalized(weight: Tensor?, bias: Tensor?, epsilon: Double) -> Tensor {
    Aten.layerNorm(
      .tensor(self), .integers([shape[rank - 1]]), .optional(weight), .optional(bias), .real(epsilon))
  }

  /// Normalizes each sample's channels (axis 1) in groups, then multiplies by `weight` and adds `bias`, one for each
  /// channel.
  ///
  /// - Parameters:
  ///   - groups: the number of groups, a divisor of the number of channels.
  ///   - weight: the factor of each channel after normalization; nil for one.
  ///   - bias: the offset of each channel after normalization; nil for zero.
  ///   - epsilon: a number that is added to the variance.
  public func groupNormalized(groups: Int, weight: Tensor?, bias: Tensor?, epsilon: Double) -> Tensor {
    Aten.groupNorm(.tensor(self), .integer(groups), .optional(weight), .optional(bias), .real(epsilon))
  }

  /// Returns `softmax(q kᵀ / √d) v`, computed by libtorch's fused kernel where there is one; all tensors have the shape
  /// batch × heads × tokens × d.
  ///
  /// - Source: Vaswani et al., *Attention Is All You Need*, NeurIPS 2017, equation 1.
  public static func attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor {
    Aten.attention(.tensor(query), .tensor(key), .tensor(value))
  }

  /// Returns the larger of zero and every element.
  public func relu() -> Tensor { Aten.relu(.tensor(self)) }
  /// Returns the Gaussian error linear unit of every element x, `x Φ(x)`, in its exact form with the error function.
  ///
  /// - Source: Hendrycks, Gimpel, *Gaussian Error Linear Units (GELUs)*, 2016.
  public func gelu() -> Tensor { Aten.gelu(.tensor(self)) }
  /// Returns `1 / (1 + e⁻ˣ)` of every element.
  public func sigmoid() -> Tensor { Aten.sigmoid(.tensor(self)) }
  /// Returns the hyperbolic tangent of every element.
  public func tanh() -> Tensor { Aten.tanh(.tensor(self)) }
  /// Returns `log(1 + eˣ)` of every element, and the element itself above 20, where the two differ by less than 10⁻⁸.
  public func softplus() -> Tensor { Aten.softplus(.tensor(self)) }
  /// Returns the exponentials of the elements, scaled to a sum of one along an axis.
  public func softmax(axis: Int) -> Tensor { Aten.softmax(.tensor(self), .integer(axis)) }
  /// Returns the logarithm of ``softmax(axis:)``, computed without overflow.
  public func logSoftmax(axis: Int) -> Tensor { Aten.logSoftmax(.tensor(self), .integer(axis)) }

  /// Returns the largest value of every square window of batch × channels × height × width.
  ///
  /// - Parameters:
  ///   - kernel: the height and width of a window.
  ///   - stride: the step between windows.
  ///   - padding: the number of rows and columns that are added at each border and count as −∞; at most half of
  ///     `kernel`.
  public func maxPooled(kernel: Int, stride: Int, padding: Int = 0) -> Tensor {
    Aten.maxPool(
      .tensor(self), .integers([kernel, kernel]), .integers([stride, stride]), .integers([padding, padding]))
  }
  /// Returns the largest value of every square window, and its place.
  ///
  /// - Returns: the values, and for each its index (`int64`) in its channel's plane, row by row; of equal values the
  ///   first.
  public func maxPooledWithIndices(kernel: Int, stride: Int) -> (values: Tensor, indices: Tensor) {
    let results = Aten.maxPoolWithIndices.all(
      .tensor(self), .integers([kernel, kernel]), .integers([stride, stride]))
    return (results[0], results[1])
  }
  /// Returns planes of `height` × `width` with every value at its index, and zeros elsewhere.
  ///
  /// - Parameters:
  ///   - indices: what ``maxPooledWithIndices(kernel:stride:)`` gave for windows that do not overlap, so that no two
  ///     values have one place.
  ///   - height: the height of the larger planes.
  ///   - width: the width of the larger planes.
  public func maxUnpooled(_ indices: Tensor, height: Int, width: Int) -> Tensor {
    let planes = [shape[0], shape[1], height * width]
    let zeros = Tensor.zeros(planes, dtype: dtype, device: device)
    return Aten.scatter(.tensor(zeros), .integer(2), .tensor(indices.flattened(from: 2)), .tensor(flattened(from: 2)))
      .reshaped([shape[0], shape[1], height, width])
  }
  /// Returns the mean of every square window of batch × channels × height × width.
  ///
  /// - Parameters:
  ///   - kernel: the height and width of a window.
  ///   - stride: the step between windows.
  ///   - padding: the number of rows and columns of zeros at each border, which count in the means.
  public func averagePooled(kernel: Int, stride: Int, padding: Int = 0) -> Tensor {
    Aten.averagePool(
      .tensor(self), .integers([kernel, kernel]), .integers([stride, stride]), .integers([padding, padding]))
  }
  /// Returns the means of `height` × `width` windows that divide each map as evenly as its size permits.
  public func adaptiveAveragePooled(height: Int, width: Int) -> Tensor {
    Aten.adaptiveAveragePool(.tensor(self), .integers([height, width]))
  }

  /// Returns maps of batch × channels × height × width, resized to another height and width.
  public func resized(height: Int, width: Int, _ interpolation: Interpolation) -> Tensor {
    let size = OperatorArgument.integers([height, width])
    return switch interpolation {
    case .nearest: Aten.nearest(.tensor(self), size)
    case .bilinear: Aten.bilinear(.tensor(self), size, false)
    case .bilinearAlignedCorners: Aten.bilinear(.tensor(self), size, true)
    case .bicubic: Aten.bicubic(.tensor(self), size, false)
    case .bilinearAntialiased: Aten.bilinearAntialiased(.tensor(self), size, false)
    case .bicubicAntialiased: Aten.bicubicAntialiased(.tensor(self), size, false)
    }
  }

  /// Returns the mean of `−log softmax` at the labels; NaN if every label is the ignored one.
  ///
  /// - Parameters:
  ///   - labels: classes as `int64`, of this tensor's shape without its class axis (axis 1).
  ///   - ignored: the label of elements that do not count.
  public func crossEntropy(_ labels: Tensor, ignoring ignored: Int) -> Tensor {
    Aten.crossEntropy(.tensor(self), .tensor(labels), nil, 1, .integer(ignored))
  }
  /// Returns the sum of `−log softmax` at the labels; zero if every label is the ignored one.
  ///
  /// - Parameters:
  ///   - labels: classes as `int64`, of this tensor's shape without its class axis (axis 1).
  ///   - ignored: the label of elements that do not count.
  ///   - classWeights: the factor of each class's elements; nil for one.
  public func crossEntropySum(_ labels: Tensor, ignoring ignored: Int, classWeights: Tensor? = nil) -> Tensor {
    Aten.crossEntropy(.tensor(self), .tensor(labels), .optional(classWeights), 2, .integer(ignored))
  }
  /// Returns the sum of `−y log σ(z) − (1 − y) log(1 − σ(z))` over these logits z and their targets y; zero if there are
  /// none.
  ///
  /// - Parameter targets: numbers from 0 to 1 of this tensor's shape and type.
  public func binaryCrossEntropySum(_ targets: Tensor) -> Tensor {
    Aten.binaryCrossEntropy(.tensor(self), .tensor(targets), nil, nil, 2)
  }
}
