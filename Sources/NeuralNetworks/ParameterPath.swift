import Torch

/// A place in the names of a ``ParameterStore``, where a layer registers its parameters.
///
/// ```swift
/// let attention = path["blocks", "0", "attn"]
/// let weight = attention.parameter("weight", [out, in], .uniform(fanIn: in))
/// ```
public struct ParameterPath {
  let store: ParameterStore
  let prefix: String
  let owner: Owner

  public subscript(_ components: String...) -> ParameterPath {
    let name = components.joined(separator: ".")
    return ParameterPath(store: store, prefix: prefix.isEmpty ? name : "\(prefix).\(name)", owner: owner)
  }
  public subscript(_ index: Int) -> ParameterPath { self["\(index)"] }

  /// The same place; what is registered there belongs to `owner`.
  public func owned(by owner: Owner) -> ParameterPath {
    ParameterPath(store: store, prefix: prefix, owner: owner)
  }

  public func parameter(_ name: String, _ shape: [Int], _ initial: Initialization) -> Parameter {
    store.register(self[name].prefix, owner: owner, initial: initial.values(shape, from: store.generator))
  }

  public func buffer(_ name: String, _ initial: Tensor) -> Buffer {
    store.register(buffer: self[name].prefix, initial: initial)
  }
}
