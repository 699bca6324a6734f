import Torch

/// A tensor that belongs to a network but is not trained, such as a running mean.
public final class Buffer {
  public let name: String
  public let value: Tensor

  init(name: String, value: Tensor) {
    self.name = name
    self.value = value
  }
}
