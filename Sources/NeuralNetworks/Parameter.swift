import Torch

/// A tensor that training changes. It is a view into the ``ParameterVector`` of its reach.
public final class Parameter {
  /// The path in the network, as in a PyTorch state dict: `blocks.0.attn.qkv.weight`.
  public let name: String
  /// The reach, the stage and the optimizer group. The group is the declared one or, from the next
  /// ``ParameterStore/layOut()`` on, that which the store's user has assigned.
  public internal(set) var scope: ParameterScope
  /// Whether the parameter counts among norms and biases, which may be spared weight decay:
  /// ``OptimizerGroups/decaysNormsAndBiases``.
  public let isNormOrBias: Bool
  /// Whether the parameter is trained no more: optimizers leave it, and methods do not see its gradients.
  public internal(set) var isFrozen = false

  /// The current values. When the store lays its vectors out anew, this becomes another view with the same values.
  public internal(set) var value: Tensor

  /// The group that the network has declared.
  let declaredGroup: String

  init(name: String, scope: ParameterScope, isNormOrBias: Bool, value: Tensor) {
    self.name = name
    self.scope = scope
    self.isNormOrBias = isNormOrBias
    self.value = value
    declaredGroup = scope.group
  }

  /// The shape of the values.
  public var shape: [Int] { value.shape }
}
