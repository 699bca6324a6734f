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
  /// Returns the sum of all elements, of no dimension.
  ///
  /// - Parameter dtype: the type to add up and return; nil for the tensor's own, or `int64` if that is integers or
  ///   booleans.
  public func sum(dtype: DType? = nil) -> Tensor { Aten.sum(.tensor(self), .dtype(dtype)) }
  /// Returns the sums over some axes, which remain with size one if `keepingAxes` is set.
  ///
  /// - Parameters:
  ///   - axes: the axes to add up over.
  ///   - keepingAxes: whether these axes remain with size one; defaults to false.
  ///   - dtype: the type to add up and return; nil for the tensor's own, or `int64` if that is integers or booleans.
  public func sum(axes: [Int], keepingAxes: Bool = false, dtype: DType? = nil) -> Tensor {
    Aten.sumAxes(.tensor(self), .integers(axes), .boolean(keepingAxes), .dtype(dtype))
  }
  /// Returns the mean of all elements, of no dimension; the dtype has to be a floating-point one.
  public func mean() -> Tensor { Aten.mean(.tensor(self)) }
  /// Returns the means over some axes, which remain with size one if `keepingAxes` is set; the dtype has to be a
  /// floating-point one.
  public func mean(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    Aten.meanAxes(.tensor(self), .integers(axes), .boolean(keepingAxes))
  }
  /// Returns the largest element, of no dimension: NaN if one is NaN. A tensor without elements stops the process.
  public func max() -> Tensor { Aten.max(.tensor(self)) }
  /// Returns the smallest element, of no dimension: NaN if one is NaN. A tensor without elements stops the process.
  public func min() -> Tensor { Aten.min(.tensor(self)) }
  /// Returns the largest elements along an axis, which remains with size one if `keepingAxes` is set.
  public func max(axis: Int, keepingAxes: Bool = false) -> Tensor {
    Aten.amax(.tensor(self), .integers([axis]), .boolean(keepingAxes))
  }
  /// Returns the smallest elements along an axis, which remains with size one if `keepingAxes` is set.
  public func min(axis: Int, keepingAxes: Bool = false) -> Tensor {
    Aten.amin(.tensor(self), .integers([axis]), .boolean(keepingAxes))
  }
  /// Returns the positions (`int64`) of the largest elements along an axis, which the result lacks.
  public func argmax(axis: Int) -> Tensor { Aten.argmax(.tensor(self), .integer(axis)) }
  /// Returns the positions (`int64`) of the smallest elements along an axis, which the result lacks.
  public func argmin(axis: Int) -> Tensor { Aten.argmin(.tensor(self), .integer(axis)) }
  /// Returns whether every element is true (not zero).
  public func all() -> Bool { Aten.all(.tensor(self)).item != 0 }
  /// Returns whether at least one element is true (not zero).
  public func any() -> Bool { Aten.any(.tensor(self)).item != 0 }
  /// Returns the Euclidean norm over some axes, which default to all.
  public func norm(axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    Aten.norm(.tensor(self), 2.0, axes.map(OperatorArgument.integers) ?? nil, .boolean(keepingAxes))
  }
  /// Returns the inner product of two vectors of equal length and dtype, of no dimension.
  public func dot(_ other: Tensor) -> Tensor { Aten.dot(.tensor(self), .tensor(other)) }
  /// Returns the sums of all elements up to each position, that included, along an axis.
  public func cumulativeSum(axis: Int) -> Tensor { Aten.cumsum(.tensor(self), .integer(axis)) }
  /// Returns the product of all elements, of no dimension.
  public func product() -> Tensor { Aten.prod(.tensor(self)) }
  /// Returns the elements in order along an axis (defaults to the last), and the positions (`int64`) that they had.
  public func sorted(axis: Int = -1, descending: Bool = false) -> (values: Tensor, indices: Tensor) {
    let results = Aten.sort.all(.tensor(self), .integer(axis), .boolean(descending))
    return (results[0], results[1])
  }
}
