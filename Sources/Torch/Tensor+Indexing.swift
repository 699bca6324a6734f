import Support

private enum Aten {
  static let select = Operator("select", "int")
  static let slice = Operator("slice", "Tensor")
  static let unsqueeze = Operator("unsqueeze")
  static let index = Operator("index", "Tensor")
  static let indexPut = Operator("index_put_")
  static let indexSelect = Operator("index_select")
  static let gather = Operator("gather")
}

/// What may stand between a tensor's brackets: `x[0, 1..<3, .all, .newAxis, .every(2), mask]`.
public enum TensorIndex {
  /// One position; the axis goes. Negative counts from the end.
  case at(Int)
  /// Positions from `start` up to, not including, `end` (both may be negative or left out).
  case slice(start: Int?, end: Int?, step: Int)
  /// All axes that the other indices leave over.
  case remainingAxes
  case insertedAxis
  /// Positions as an integer tensor, or a mask as a tensor of booleans.
  case tensor(Tensor)
}

/// A value that can serve as an index: integers, ranges, tensors, and ``TensorIndex`` itself.
public protocol TensorIndexConvertible {
  var tensorIndex: TensorIndex { get }
}

extension TensorIndex: TensorIndexConvertible { public var tensorIndex: TensorIndex { self } }
extension Tensor: TensorIndexConvertible { public var tensorIndex: TensorIndex { .tensor(self) } }
extension Int: TensorIndexConvertible { public var tensorIndex: TensorIndex { .at(self) } }
extension Range<Int>: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { .slice(start: lowerBound, end: upperBound, step: 1) }
}
extension ClosedRange<Int>: TensorIndexConvertible {
  public var tensorIndex: TensorIndex {
    .slice(start: lowerBound, end: upperBound == -1 ? nil : upperBound + 1, step: 1)
  }
}
extension PartialRangeFrom<Int>: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { .slice(start: lowerBound, end: nil, step: 1) }
}
extension PartialRangeUpTo<Int>: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { .slice(start: nil, end: upperBound, step: 1) }
}

extension TensorIndexConvertible where Self == TensorIndex {
  public static var all: TensorIndex { .slice(start: nil, end: nil, step: 1) }
  public static var ellipsis: TensorIndex { .remainingAxes }
  public static var newAxis: TensorIndex { .insertedAxis }
  /// Every `step`-th position.
  public static func every(_ step: Int) -> TensorIndex { .slice(start: nil, end: nil, step: step) }
}

extension Tensor {
  /// NumPy's indexing. Positions and slices give views; index tensors and masks give copies.
  /// Assigning writes to this tensor's memory.
  public subscript(_ indices: any TensorIndexConvertible...) -> Tensor {
    get { indexed(indices.map(\.tensorIndex)) }
    set { write(newValue, at: indices.map(\.tensorIndex)) }
  }

  /// Rows (or entries of another axis) at the positions of an `int64` tensor.
  public func selecting(_ positions: Tensor, axis: Int = 0) -> Tensor {
    Aten.indexSelect(.tensor(self), .integer(axis), .tensor(positions))
  }
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
