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
}

extension Tensor {
  /// `x Wᵀ + b`, with W of shape out × in.
  public func linear(_ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
    Aten.linear(.tensor(self), .tensor(weight), .optional(bias))
  }

  /// Convolution over batch × channels × height × width.
  ///
  /// - Parameter weight: out × in / groups × kernel height × kernel width; in × out / groups × … when transposed.
  public func convolved(
    _ weight: Tensor, _ bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
    groups: Int = 1
  ) -> Tensor {
    Aten.convolution(
      .tensor(self), .tensor(weight), .optional(bias), .integers([stride, stride]),
      .integers([padding, padding]), .integers([dilation, dilation]), .integer(groups))
  }

  public func convolvedTransposed(
    _ weight: Tensor, _ bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, outputPadding: Int = 0
  ) -> Tensor {
    Aten.transposedConvolution(
      .tensor(self), .tensor(weight), .optional(bias), .integers([stride, stride]),
      .integers([padding, padding]), .integers([outputPadding, outputPadding]))
  }

  /// Normalises each channel with the batch's statistics (then the running ones follow) or the running ones.
  public func batchNormalized(
    weight: Tensor?, bias: Tensor?, runningMean: Tensor?, runningVariance: Tensor?, usesBatch: Bool,
    momentum: Double, epsilon: Double
  ) -> Tensor {
    Aten.batchNorm(
      .tensor(self), .optional(weight), .optional(bias), .optional(runningMean), .optional(runningVariance),
      .boolean(usesBatch), .real(momentum), .real(epsilon), false)
  }

  /// Normalises over the last axis.
  public func layerNormalized(weight: Tensor?, bias: Tensor?, epsilon: Double) -> Tensor {
    Aten.layerNorm(
      .tensor(self), .integers([shape[rank - 1]]), .optional(weight), .optional(bias), .real(epsilon))
  }

  public func groupNormalized(groups: Int, weight: Tensor?, bias: Tensor?, epsilon: Double) -> Tensor {
    Aten.groupNorm(.tensor(self), .integer(groups), .optional(weight), .optional(bias), .real(epsilon))
  }

  /// `softmax(q kᵀ / √d) v` in libtorch's fused kernel; all of shape batch × heads × tokens × d.
  public static func attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor {
    Aten.attention(.tensor(query), .tensor(key), .tensor(value))
  }

  public func relu() -> Tensor { Aten.relu(.tensor(self)) }
  /// The exact form, with the error function.
  public func gelu() -> Tensor { Aten.gelu(.tensor(self)) }
  public func sigmoid() -> Tensor { Aten.sigmoid(.tensor(self)) }
  public func tanh() -> Tensor { Aten.tanh(.tensor(self)) }
  /// `log(1 + eˣ)`.
  public func softplus() -> Tensor { Aten.softplus(.tensor(self)) }
  public func softmax(axis: Int) -> Tensor { Aten.softmax(.tensor(self), .integer(axis)) }
  public func logSoftmax(axis: Int) -> Tensor { Aten.logSoftmax(.tensor(self), .integer(axis)) }

  public func maxPooled(kernel: Int, stride: Int, padding: Int = 0) -> Tensor {
    Aten.maxPool(
      .tensor(self), .integers([kernel, kernel]), .integers([stride, stride]), .integers([padding, padding]))
  }
  /// - Returns: the largest value of every window, and where in the map's plane it is; of equal ones the first.
  public func maxPooledWithIndices(kernel: Int, stride: Int) -> (values: Tensor, indices: Tensor) {
    let results = Aten.maxPoolWithIndices.all(
      .tensor(self), .integers([kernel, kernel]), .integers([stride, stride]))
    return (results[0], results[1])
  }
  /// Every value at its index in a larger plane, zeros elsewhere.
  ///
  /// - Parameter indices: of windows that do not overlap, so that no two values meet.
  public func maxUnpooled(_ indices: Tensor, height: Int, width: Int) -> Tensor {
    let planes = [shape[0], shape[1], height * width]
    let zeros = Tensor.zeros(planes, dtype: dtype, device: device)
    return Aten.scatter(.tensor(zeros), .integer(2), .tensor(indices.flattened(from: 2)), .tensor(flattened(from: 2)))
      .reshaped([shape[0], shape[1], height, width])
  }
  public func averagePooled(kernel: Int, stride: Int, padding: Int = 0) -> Tensor {
    Aten.averagePool(
      .tensor(self), .integers([kernel, kernel]), .integers([stride, stride]), .integers([padding, padding]))
  }
  public func adaptiveAveragePooled(height: Int, width: Int) -> Tensor {
    Aten.adaptiveAveragePool(.tensor(self), .integers([height, width]))
  }

  /// Resizes batch × channels × height × width.
  public func resized(height: Int, width: Int, _ interpolation: Interpolation) -> Tensor {
    let size = OperatorArgument.integers([height, width])
    return switch interpolation {
    case .nearest: Aten.nearest(.tensor(self), size)
    case .bilinear: Aten.bilinear(.tensor(self), size, false)
    case .bicubic: Aten.bicubic(.tensor(self), size, false)
    case .bilinearAntialiased: Aten.bilinearAntialiased(.tensor(self), size, false)
    case .bicubicAntialiased: Aten.bicubicAntialiased(.tensor(self), size, false)
    }
  }

  /// The mean of `−log softmax` at the labels; NaN where every label is the ignored one.
  ///
  /// - Parameter labels: `int64`, without the class axis (axis 1 here).
  public func crossEntropy(_ labels: Tensor, ignoring ignored: Int) -> Tensor {
    Aten.crossEntropy(.tensor(self), .tensor(labels), nil, 1, .integer(ignored))
  }
  /// As ``crossEntropy(_:ignoring:)``, summed instead of averaged, with weights per class.
  public func crossEntropySum(_ labels: Tensor, ignoring ignored: Int, classWeights: Tensor? = nil) -> Tensor {
    Aten.crossEntropy(.tensor(self), .tensor(labels), .optional(classWeights), 2, .integer(ignored))
  }
}
