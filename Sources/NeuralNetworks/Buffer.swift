import Torch

/// A tensor that belongs to a network but is not trained, such as a running mean.
public final class Buffer {
  /// The name in a state dict, such as `backbone.bn1.running_mean`.
  public let name: String
  /// The tensor, which is changed in place.
  public internal(set) var value: Tensor

  init(name: String, value: Tensor) {
    self.name = name
    self.value = value
  }
}
