import Support

/// The shape of an operator's result on ``Device/meta``, for operators of which libtorch does not say it there.
struct ShapeRule: Sendable {
  private let shape: @Sendable ([OperatorArgument]) -> [Int]
  /// The number of the argument whose type the result has.
  private let like: Int

  private init(typedAs like: Int = 0, _ shape: @escaping @Sendable ([OperatorArgument]) -> [Int]) {
    self.like = like
    self.shape = shape
  }

  /// Returns the rule of an operator by its full name; nil where libtorch needs none.
  static func rule(of name: String) -> ShapeRule? { all[name] }

  /// Returns the operator's result; nil if its first tensor lies on a device with elements.
  func result(of arguments: [OperatorArgument]) -> Tensor? {
    guard let first = arguments.first?.asTensor, first.device.kind == .meta else { return nil }
    return OperatorObserver.withoutObservation {
      .empty(shape(arguments), dtype: arguments[like].asTensor!.dtype, device: .meta)
    }
  }

  private static let all: [String: ShapeRule] = [
    "aten::conv2d": convolution,
    "aten::conv_transpose2d.input": transposedConvolution,
    "aten::abs": same,
    "aten::batch_norm": same,
    "aten::flip": same,
    "aten::linalg_matrix_exp": same,
    "aten::layer_norm": same,
    "aten::group_norm": same,
    "aten::scaled_dot_product_attention": ShapeRule { arguments in
      arguments[0].shape.dropLast() + arguments[2].shape.suffix(1)
    },
    "aten::adaptive_avg_pool2d": ShapeRule { $0[0].shape.dropLast(2) + $0[1].asIntegers },
    "aten::index_select": ShapeRule { arguments in
      var shape = arguments[0].shape
      let axis = arguments[1].asInteger
      shape[axis < 0 ? axis + shape.count : axis] = arguments[2].asTensor!.count
      return shape
    },
    "aten::relu": same,
    "aten::max": ShapeRule { _ in [] },
    "aten::dot": ShapeRule { _ in [] },
    "aten::index_copy": same,
    "aten::index_add": same,
    "aten::gather": ShapeRule { $0[2].shape },
    "aten::where.self": ShapeRule(typedAs: 1) { arguments in
      broadcast(broadcast(arguments[0].shape, arguments[1].shape), arguments[2].shape)
    },
  ]

  private static let same = ShapeRule { $0[0].shape }

  private static let convolution = ShapeRule { arguments in
    let (input, weight) = (arguments[0].shape, arguments[1].shape)
    let (strides, paddings, dilations) = (arguments[3].asIntegers, arguments[4].asIntegers, arguments[5].asIntegers)
    require(
      input.count == 4 && input[1] == weight[1] * arguments[6].asInteger,
      "a convolution of \(weight) cannot be applied to \(input)")
    return [input[0], weight[0]]
      + (0..<2).map { axis in
        (input[2 + axis] + 2 * paddings[axis] - dilations[axis] * (weight[2 + axis] - 1) - 1) / strides[axis] + 1
      }
  }

  private static let transposedConvolution = ShapeRule { arguments in
    let (input, weight) = (arguments[0].shape, arguments[1].shape)
    let (strides, paddings, outputPaddings) = (
      arguments[3].asIntegers, arguments[4].asIntegers, arguments[5].asIntegers
    )
    require(
      input.count == 4 && input[1] == weight[0], "a transposed convolution of \(weight) cannot be applied to \(input)")
    return [input[0], weight[1]]
      + (0..<2).map { axis in
        (input[2 + axis] - 1) * strides[axis] - 2 * paddings[axis] + weight[2 + axis] + outputPaddings[axis]
      }
  }

  private static func broadcast(_ a: [Int], _ b: [Int]) -> [Int] {
    let rank = max(a.count, b.count)
    func padded(_ shape: [Int]) -> [Int] { [Int](repeating: 1, count: rank - shape.count) + shape }
    return zip(padded(a), padded(b)).map { $0 == 1 ? $1 : $0 }
  }
}

extension OperatorArgument {
  fileprivate var asTensor: Tensor? {
    guard case .tensor(let tensor) = self else { return nil }
    return tensor
  }

  fileprivate var shape: [Int] { asTensor!.shape }

  fileprivate var asInteger: Int {
    guard case .integer(let value) = self else { fatalError("\(self) is no whole number") }
    return value
  }

  fileprivate var asIntegers: [Int] {
    guard case .integers(let values) = self else { fatalError("\(self) is no list of whole numbers") }
    return values
  }
}
