import Torch

/// A tensor that training changes. It is a view into its owner's ``ParameterVector``.
public final class Parameter {
  /// The path in the network, as in a PyTorch state dict: `blocks.0.attn.qkv.weight`.
  public let name: String
  public let owner: Owner

  /// The current values. When the store lays its vectors out anew, this becomes another view with the same values.
  public internal(set) var value: Tensor

  init(name: String, owner: Owner, value: Tensor) {
    self.name = name
    self.owner = owner
    self.value = value
  }

  public var shape: [Int] { value.shape }
}
