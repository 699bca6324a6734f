import Torch

/// Some channels of an activation in order, found out once: a view if they lie one after another.
struct ChannelSelection {
  private let first: Int
  private let count: Int
  /// The positions; nil if they lie one after another.
  private let indices: Tensor?

  init(_ positions: [Int]) {
    first = positions.first ?? 0
    count = positions.count
    let isRange = zip(positions, positions.dropFirst()).allSatisfy { $1 == $0 + 1 }
    indices = isRange ? nil : Tensor(positions, shape: [positions.count])
  }

  /// Returns the channels of some values: the values themselves or a view of them if the channels lie one after another.
  func callAsFunction(_ values: Tensor, _ axis: ChannelAxis) -> Tensor {
    let axis = axis.index(in: values)
    if let indices { return values.selecting(indices.to(values.device), axis: axis) }
    return count == values.shape[axis] ? values : values.narrowed(axis: axis, from: first, count: count)
  }
}
