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
