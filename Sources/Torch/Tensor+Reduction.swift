private enum Aten {
  static let sum = Operator("sum")
  static let sumAxes = Operator("sum", "dim_IntList")
  static let mean = Operator("mean")
  static let meanAxes = Operator("mean", "dim")
  static let max = Operator("max")
  static let min = Operator("min")
  static let amax = Operator("amax")
  static let amin = Operator("amin")
  static let argmax = Operator("argmax")
  static let argmin = Operator("argmin")
  static let all = Operator("all")
  static let any = Operator("any")
  static let norm = Operator("linalg_vector_norm")
  static let dot = Operator("dot")
  static let cumsum = Operator("cumsum")
  static let sort = Operator("sort")
  static let prod = Operator("prod")
}

extension Tensor {
  public func sum(dtype: DType? = nil) -> Tensor { Aten.sum(.tensor(self), .dtype(dtype)) }
  public func sum(axes: [Int], keepingAxes: Bool = false, dtype: DType? = nil) -> Tensor {
    Aten.sumAxes(.tensor(self), .integers(axes), .boolean(keepingAxes), .dtype(dtype))
  }
  public func mean() -> Tensor { Aten.mean(.tensor(self)) }
  public func mean(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    Aten.meanAxes(.tensor(self), .integers(axes), .boolean(keepingAxes))
  }
  public func max() -> Tensor { Aten.max(.tensor(self)) }
  public func min() -> Tensor { Aten.min(.tensor(self)) }
  public func max(axis: Int, keepingAxes: Bool = false) -> Tensor {
    Aten.amax(.tensor(self), .integers([axis]), .boolean(keepingAxes))
  }
  public func min(axis: Int, keepingAxes: Bool = false) -> Tensor {
    Aten.amin(.tensor(self), .integers([axis]), .boolean(keepingAxes))
  }
  /// Indices (`int64`) of the largest elements along an axis.
  public func argmax(axis: Int) -> Tensor { Aten.argmax(.tensor(self), .integer(axis)) }
  public func argmin(axis: Int) -> Tensor { Aten.argmin(.tensor(self), .integer(axis)) }
  public func all() -> Bool { Aten.all(.tensor(self)).item != 0 }
  public func any() -> Bool { Aten.any(.tensor(self)).item != 0 }
  /// The Euclidean norm over the given axes (all when left out).
  public func norm(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    Aten.norm(.tensor(self), 2.0, axes.map(OperatorArgument.integers) ?? nil, .boolean(keepingAxes))
  }
  /// The inner product of two vectors.
  public func dot(_ other: Tensor) -> Tensor { Aten.dot(.tensor(self), .tensor(other)) }
  public func cumulativeSum(axis: Int) -> Tensor { Aten.cumsum(.tensor(self), .integer(axis)) }
  public func product() -> Tensor { Aten.prod(.tensor(self)) }
  public func sorted(axis: Int = -1, descending: Bool = false) -> (values: Tensor, indices: Tensor) {
    let results = Aten.sort.all(.tensor(self), .integer(axis), .boolean(descending))
    return (results[0], results[1])
  }
}
