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
    let index = axis.index(in: values)
    guard let indices else {
      return count == values.shape[index] ? values : values.narrowed(axis: index, from: first, count: count)
    }
    let own = indices.to(values.device)
    switch axis {
    case .maps: return values.selecting(own, axis: index)
    case .tokens:
      // Along the last axis, libtorch's selection copies column by column, and its gathering row by row.
      return values.gathering(own.expanded(values.shape.dropLast() + [count]), axis: index)
    }
  }
}
