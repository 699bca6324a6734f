import Support

private enum Aten {
  static let select = Operator("select", "int")
  static let slice = Operator("slice", "Tensor")
  static let unsqueeze = Operator("unsqueeze")
  static let index = Operator("index", "Tensor")
  static let indexPut = Operator("index_put_")
  static let indexSelect = Operator("index_select")
  static let indexCopy = Operator("index_copy")
  static let indexAdd = Operator("index_add")
  static let gather = Operator("gather")
}

/// One index of a tensor's subscript, such as each of those in `x[0, 1..<3, .all, .newAxis, .every(2), mask]`.
public enum TensorIndex {
  /// One position of an axis, which the result lacks; negative positions count from the end.
  case at(Int)
  /// Positions from `start` up to, not including, `end`; negative ones count from the end, and nil is the axis's own.
  case slice(start: Int?, end: Int?, step: Int)
  /// All axes that the other indices leave over.
  case remainingAxes
  /// A new axis of size one.
  case insertedAxis
  /// Positions as an integer tensor, or a mask as a tensor of booleans, which takes as many axes as it has.
  case tensor(Tensor)
}

/// A value that can serve as an index: integers, ranges, tensors, and ``TensorIndex`` itself.
public protocol TensorIndexConvertible {
  /// The index that the value stands for.
  var tensorIndex: TensorIndex { get }
}

extension TensorIndex: TensorIndexConvertible {
  /// The index itself.
  public var tensorIndex: TensorIndex { self }
}
extension Tensor: TensorIndexConvertible {
  /// Positions or a mask.
  public var tensorIndex: TensorIndex { .tensor(self) }
}
extension Int: TensorIndexConvertible {
  /// One position; negative ones count from the end.
  public var tensorIndex: TensorIndex { .at(self) }
}
extension Range<Int>: TensorIndexConvertible {
  /// Positions from the lower bound up to, not including, the upper.
  public var tensorIndex: TensorIndex { .slice(start: lowerBound, end: upperBound, step: 1) }
}
extension ClosedRange<Int>: TensorIndexConvertible {
  /// Positions from the lower to the upper bound, both included.
  public var tensorIndex: TensorIndex {
    .slice(start: lowerBound, end: upperBound == -1 ? nil : upperBound + 1, step: 1)
  }
}
extension PartialRangeFrom<Int>: TensorIndexConvertible {
  /// Positions from the lower bound to the end of the axis.
  public var tensorIndex: TensorIndex { .slice(start: lowerBound, end: nil, step: 1) }
}
extension PartialRangeUpTo<Int>: TensorIndexConvertible {
  /// Positions up to, not including, the upper bound.
  public var tensorIndex: TensorIndex { .slice(start: nil, end: upperBound, step: 1) }
}

extension TensorIndexConvertible where Self == TensorIndex {
  /// All positions of an axis.
  public static var all: TensorIndex { .slice(start: nil, end: nil, step: 1) }
  /// All axes that the other indices leave over.
  public static var ellipsis: TensorIndex { .remainingAxes }
  /// A new axis of size one.
  public static var newAxis: TensorIndex { .insertedAxis }
  /// Every `step`-th position of an axis, from the first on.
  public static func every(_ step: Int) -> TensorIndex { .slice(start: nil, end: nil, step: step) }
}

extension Tensor {
  /// Returns the part of the tensor that NumPy's rules of indexing select.
  ///
  /// Positions and slices give views; index tensors and masks give copies. Assigning writes to this tensor's memory,
  /// and the assigned value broadcasts. More indices than axes, or a position outside of its axis, stop the process.
  public subscript(_ indices: any TensorIndexConvertible...) -> Tensor {
    get { indexed(indices.map(\.tensorIndex)) }
    set { write(newValue, at: indices.map(\.tensorIndex)) }
  }

  /// Returns the entries of an axis (defaults to the first: rows) at the positions of an `int64` vector.
  public func selecting(_ positions: Tensor, axis: Int = 0) -> Tensor {
    Aten.indexSelect(.tensor(self), .integer(axis), .tensor(positions))
  }
  /// Returns the tensor with the entries of another one in place of its own at some positions of an axis.
  ///
  /// - Parameters:
  ///   - positions: an `int64` vector of different positions.
  ///   - axis: the axis along which positions count.
  ///   - entries: a tensor of this one's shape, but for as many entries along the axis as there are positions.
  public func replacingAtIndices(_ positions: Tensor, axis: Int, _ entries: Tensor) -> Tensor {
    Aten.indexCopy(.tensor(self), .integer(axis), .tensor(positions), .tensor(entries))
  }
  /// Returns the tensor with the entries of another one added at some positions of an axis.
  ///
  /// - Parameters:
  ///   - positions: an `int64` vector.
  ///   - axis: the axis along which positions count.
  ///   - entries: a tensor of this one's shape, but for as many entries along the axis as there are positions.
  public func addingAtIndices(_ positions: Tensor, axis: Int, _ entries: Tensor) -> Tensor {
    Aten.indexAdd(.tensor(self), .integer(axis), .tensor(positions), .tensor(entries))
  }
  /// Returns, for every element of an `int64` tensor, this tensor's element at that position of the axis.
  ///
  /// - Parameters:
  ///   - positions: a tensor of as many axes, whose sizes beside `axis` are at most this tensor's.
  ///   - axis: the axis along which positions count.
  /// - Returns: a tensor of the shape of `positions`.
  public func gathering(_ positions: Tensor, axis: Int) -> Tensor {
    Aten.gather(.tensor(self), .integer(axis), .tensor(positions))
  }

  private func indexed(_ indices: [TensorIndex]) -> Tensor {
    let (view, tensors) = sliced(indices)
    guard tensors.contains(where: { $0 != nil }) else { return view }
    return Aten.index(.tensor(view), .optionalTensors(tensors))
  }

  private func write(_ value: Tensor, at indices: [TensorIndex]) {
    let (view, tensors) = sliced(indices)
    guard tensors.contains(where: { $0 != nil }) else { return view.copy(from: value) }
    Aten.indexPut.perform(.tensor(view), .optionalTensors(tensors), .tensor(value))
  }

  /// Applies positions, slices and new axes; leaves index tensors, at the axes they belong to.
  private func sliced(_ indices: [TensorIndex]) -> (view: Tensor, tensors: [Tensor?]) {
    var view = self
    var axis = 0
    var tensors: [Tensor?] = []
    func skip(_ count: Int) {
      axis += count
      tensors += [Tensor?](repeating: nil, count: count)
    }
    let consumed = indices.reduce(0) { $0 + $1.consumedAxes }
    require(consumed <= rank, "\(consumed) indices for \(signature), which has \(rank) axes")
    for index in indices {
      switch index {
      case .at(let position): view = Aten.select(.tensor(view), .integer(axis), .integer(position))
      case .slice(nil, nil, 1): skip(1)
      case .slice(let start, let end, let step):
        view = Aten.slice(
          .tensor(view), .integer(axis), start.map(OperatorArgument.integer) ?? nil,
          end.map(OperatorArgument.integer) ?? nil,
          .integer(step))
        skip(1)
      case .remainingAxes: skip(rank - consumed)
      case .insertedAxis:
        view = Aten.unsqueeze(.tensor(view), .integer(axis))
        skip(1)
      case .tensor(let tensor):
        axis += tensor.dtype == .bool ? tensor.rank : 1
        tensors.append(tensor)
      }
    }
    return (view, tensors)
  }
}

extension TensorIndex {
  fileprivate var consumedAxes: Int {
    switch self {
    case .at, .slice: 1
    case .remainingAxes, .insertedAxis: 0
    case .tensor(let tensor): tensor.dtype == .bool ? tensor.rank : 1
    }
  }
}
