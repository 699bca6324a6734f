import Torch

/// Where the channels of an activation lie.
public enum ChannelAxis: Sendable, Hashable {
  /// Axis 1 of batch × channels × height × width.
  case maps
  /// The last axis of batch × tokens × width.
  case tokens

  /// Returns the number of an activation's axis.
  func index(in activation: Tensor) -> Int { self == .maps ? 1 : activation.shape.count - 1 }

  /// Returns a number for each channel in a shape that multiplies an activation.
  func shaped(_ values: Tensor, like activation: Tensor) -> Tensor {
    switch self {
    case .maps: values.reshaped([values.count] + [Int](repeating: 1, count: activation.shape.count - 2))
    case .tokens: values
    }
  }
}

extension Tensor {
  /// Returns some channels in order: the tensor itself or a view of it if they lie one after another.
  func selectingChannels(_ positions: [Int], _ axis: ChannelAxis) -> Tensor {
    let axis = axis.index(in: self)
    guard let first = positions.first else { return narrowed(axis: axis, from: 0, count: 0) }
    if zip(positions, positions.dropFirst()).allSatisfy({ $1 == $0 + 1 }) {
      return positions.count == shape[axis] ? self : narrowed(axis: axis, from: first, count: positions.count)
    }
    return selecting(Tensor(positions, shape: [positions.count]).to(device), axis: axis)
  }
}
