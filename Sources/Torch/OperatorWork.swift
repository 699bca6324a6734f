/// The arithmetic of a call of an operator.
public enum OperatorWork: Sendable, Equatable {
  /// Products whose sums are the result: those of a convolution, a matrix product or attention, by their number of
  /// multiplications, each of which comes with one addition. A bias counts nothing.
  case products(Int)
  /// Something that is done to each element, such as an activation, a normalization, a sum or pooling, by the number of
  /// elements.
  case elements(Int)
  /// Nothing is computed: a view, a copy, or a choice of elements.
  case none
}

extension OperatorCall {
  /// The arithmetic of the call.
  public var work: OperatorWork {
    if Self.moving.contains(name) { return .none }
    let inputs = tensors
    guard let result = results.first, let first = inputs.first else { return .none }
    switch name {
    case "aten::conv2d": return .products(result.count * inputs[1].shape.dropFirst().reduce(1, *))
    case "aten::conv_transpose2d.input": return .products(first.count * inputs[1].shape.dropFirst().reduce(1, *))
    case "aten::linear", "aten::matmul", "aten::mm": return .products(result.count * first.shape.last!)
    case "aten::mv", "aten::dot": return .products(first.count)
    case "aten::scaled_dot_product_attention":
      // Scores of each query and key, then the sums of values that they weigh.
      return .products((first.count + result.count) * inputs[1].shape[inputs[1].rank - 2])
    default: return .elements(max(result.count, first.count))
    }
  }

  /// Whether a training keeps the results for the gradient.
  package var keepsResults: Bool { Self.keepingResults.contains(name) }
  /// Whether a training keeps the arguments for the gradient.
  package var keepsArguments: Bool { Self.keepingArguments.contains(name) }
  /// Whether the results are the first argument's elements, or those of all tensors, in another form.
  package var movesElements: Bool { Self.moving.contains(name) }

  private static let moving = names([
    "_local_scalar_dense", "arange.start_step", "cat", "clone", "constant_pad_nd", "contiguous", "copy_", "detach",
    "empty.memory_format", "empty_like", "expand", "eye", "fill_.Scalar", "flatten.using_ints", "flip", "full",
    "gather", "index.Tensor", "index_copy", "index_put_", "index_select", "linspace", "narrow", "one_hot", "ones_like",
    "permute", "repeat", "reshape", "scatter.src", "select.int", "slice.Tensor", "split_with_sizes", "squeeze.dim",
    "stack", "to.device", "to.dtype", "transpose.int", "unbind.int", "unsqueeze", "view", "zero_", "zeros",
    "zeros_like",
  ])

  private static let keepingResults = names([
    "exp", "log_softmax.int", "max_pool2d_with_indices", "reciprocal", "relu", "rsqrt",
    "scaled_dot_product_attention", "sigmoid", "softmax.int", "sqrt", "tanh",
  ])

  private static let keepingArguments = names([
    "_upsample_bicubic2d_aa", "abs", "adaptive_avg_pool2d", "addcmul", "avg_pool2d", "batch_norm", "conv2d",
    "conv_transpose2d.input", "div.Tensor", "gelu", "group_norm", "layer_norm", "lerp.Tensor", "linear", "matmul",
    "max_pool2d", "max_pool2d_with_indices", "mm", "mul.Tensor", "mv", "pow.Tensor_Scalar",
    "scaled_dot_product_attention", "softplus", "square",
  ])

  private static func names(_ names: [String]) -> Set<String> { Set(names.map { "aten::\($0)" }) }
}
