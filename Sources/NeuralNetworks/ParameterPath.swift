import Support
import Torch

/// A place in the names of a ``ParameterStore``, where a layer registers its parameters, and what these declare.
///
/// ```swift
/// let attention = path["blocks", "0", "attn"]
/// let weight = attention.parameter("weight", [out, in], .uniform(fanIn: in))
/// let gate = path["gate"].reached(by: .task("depth")).optimized(in: "gates").parameter("logits", [channels], .zeros)
/// ```
public struct ParameterPath {
  let store: ParameterStore
  private(set) var prefix: String
  private(set) var scope: ParameterScope
  private(set) var countsAsBias = false
  private var isBeforeExchange = false

  init(store: ParameterStore) {
    self.store = store
    prefix = ""
    scope = ParameterScope()
  }

  /// The place below this one that the components name.
  public subscript(_ components: String...) -> ParameterPath {
    let name = components.joined(separator: ".")
    return with { $0.prefix = prefix.isEmpty ? name : "\(prefix).\(name)" }
  }
  /// The place below this one that a number names.
  public subscript(_ index: Int) -> ParameterPath { self["\(index)"] }

  /// Returns the place beside this one that a component names: `cross_stitch` beside `backbone`, `net.cross_stitch` beside
  /// `net.backbone`. What this path declares stays.
  public func beside(_ component: String) -> ParameterPath {
    let above = prefix.split(separator: ".").dropLast() + [component[...]]
    return with { $0.prefix = above.joined(separator: ".") }
  }

  /// Returns the place that lies below another root as this one lies below its own: `backbone.layer1.conv` below
  /// `backbone` becomes `backbone.task.depth.layer1.conv` below `backbone.task.depth`. What this path declares stays.
  ///
  /// - Parameters:
  ///   - root: this place or one above it; another place stops the process.
  ///   - newRoot: the place that takes the root's part.
  public func moved(from root: ParameterPath, to newRoot: ParameterPath) -> ParameterPath {
    let place = prefix == root.prefix ? newRoot : newRoot[relativeName(to: root)]
    return with { $0.prefix = place.prefix }
  }

  /// Returns the part of this place's name that follows that of a place above it; another place stops the process.
  public func relativeName(to root: ParameterPath) -> String {
    let above = root.prefix.isEmpty ? "" : root.prefix + "."
    require(prefix.hasPrefix(above) && prefix.count > above.count, "'\(prefix)' does not lie below '\(root.prefix)'")
    return String(prefix.dropFirst(above.count))
  }

  /// Returns the same place, where the losses of some tasks reach what is registered. Every task's losses do if nothing
  /// is declared.
  public func reached(by reach: Reach) -> ParameterPath {
    isBeforeExchange ? self : with { $0.scope.reach = reach }
  }

  /// Returns the same place, before an exchange between tasks: every task's loss reaches what is registered there, also
  /// what is declared as the part of some tasks.
  public func beforeExchange() -> ParameterPath {
    with {
      $0.isBeforeExchange = true
      $0.scope.reach = .everyTask
    }
  }

  /// Returns the same place, where what is registered lies on one side of the features. It belongs to the trunk if
  /// nothing is declared.
  public func `in`(stage: ParameterScope.Stage) -> ParameterPath { with { $0.scope.stage = stage } }

  /// Returns the same place, where what is registered belongs to the optimizer group of this name, whose rule a
  /// training may define: see ``OptimizerGroups``.
  public func optimized(in group: String) -> ParameterPath { with { $0.scope.group = group } }

  /// Returns the same place, where what is registered counts among norms and biases for weight decay, whatever its
  /// shape, as position embeddings and class tokens do.
  public func countingAsBias() -> ParameterPath { with { $0.countsAsBias = true } }

  /// Registers a parameter with values drawn from the store's generator.
  public func parameter(_ name: String, _ shape: [Int], _ initial: Initialization) -> Parameter {
    store.register(
      self[name].prefix, scope: scope, isNormOrBias: countsAsBias || shape.count <= 1,
      initial: store.device == .meta
        ? .empty(shape, device: .meta) : initial.values(shape, from: store.generator))
  }

  /// Registers a buffer with its first values.
  public func buffer(_ name: String, _ initial: Tensor) -> Buffer {
    store.register(buffer: self[name].prefix, initial: initial)
  }

  /// The number of entries that have been registered anywhere in the store.
  var entryCount: Int { store.names.count }

  /// Returns the names of the entries that were registered in the store after some number of others.
  func entries(from count: Int) -> [String] { Array(store.names.dropFirst(count)) }

  /// Returns the parameters that were registered in the store after some number of entries.
  func parameters(from count: Int) -> [Parameter] { entries(from: count).compactMap(store.parameter) }

  private func with(_ change: (inout ParameterPath) -> Void) -> ParameterPath {
    var copy = self
    change(&copy)
    return copy
  }
}
