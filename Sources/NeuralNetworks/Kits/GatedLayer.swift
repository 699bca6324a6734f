import Support
import Torch

/// A layer of which each task has a copy of its own beside one that all share, and in which each task chooses for every
/// channel whose output it takes.
///
/// For the streams `x_t` of T tasks, the task's own copy `F(·; Φ_t)`, the shared copy `F(·; Ψ)`, and the parameters α
/// (T × outputs) and β (T × inputs):
///
///     a_t = F(x_t; Φ_t)
///     s   = F(Σ_u w_u ⊙ x_u; Ψ),   w = softmax of β over the tasks
///     y_t = G_t ⊙ a_t + (1 − G_t) ⊙ s,   G_t = 1 where α_t ≥ 0, else 0
///
/// The gate is exactly 0 or 1, and its gradient that of the sigmoid of α. The first layer of a network, whose input is
/// the same for all tasks, has no β.
///
/// - Source: *GatedMTL: Learning to Share, Specialize, and Prune Representations for Multi-Task Learning* (later
///   *InterroGate*), 2023, equations 1 to 4.
public final class GatedLayer: StreamLayer {
  /// The name of the layer in a plain network, such as `layer1.0.conv1`.
  public let name: String
  /// The logits α of the gates, tasks × outputs: a task takes its own channel where they are at least 0.
  public let gates: Parameter
  /// The logits β of the mix, tasks × inputs; nil in a network's first layer.
  public let mix: Parameter?
  /// The names of the layers that lie in this one side by side, such as `q`, `k` and `v`; empty if it is one.
  public let partNames: [String]
  /// Whether gates and mixes stay as they are, without gradients.
  public var isFrozen = false
  private let own: [any Layer]
  private let shared: any Layer
  private let axis: ChannelAxis

  init(
    _ name: String, own: [any Layer], shared: any Layer, gates: Parameter, mix: Parameter?, partNames: [String],
    axis: ChannelAxis
  ) {
    self.name = name
    self.own = own
    self.shared = shared
    self.gates = gates
    self.mix = mix
    self.partNames = partNames
    self.axis = axis
  }

  /// Returns each task's stream after its gates.
  ///
  /// - Parameters:
  ///   - input: the streams of all tasks: a context of some of them stops the process, as the mix needs all.
  ///   - context: whether the network is in training, and for which tasks it is evaluated.
  public func callAsFunction(_ input: Streams, _ context: ForwardContext) -> Streams {
    require(
      context.tasks.count == own.count,
      "the gated layer '\(name)' of \(own.count) tasks is evaluated for \(context.tasks): its mix needs all of them")
    if let trace = context.trace { return trace.add(self, input, axis: axis) { shared($0, context) } }
    let streams = input.byTask(count: own.count)
    let common = shared(input.shared ?? mixed(streams), context)
    let gates = straightThroughGates().unbound()
    return Streams(
      apart: own.indices.map { task in
        let candidate = own[task](streams[task], context)
        return common.interpolated(to: candidate, by: axis.shaped(gates[task].to(candidate.dtype), like: candidate))
      })
  }

  /// Exactly 0 or 1, with the gradient of the sigmoid.
  private func straightThroughGates() -> Tensor {
    let logits = gates.value
    let hard = withoutGradients { (logits .>= 0).to(logits.dtype) }
    guard logits.requiresGradient else { return hard }
    let soft = logits.sigmoid()
    let change = soft - soft.detached()
    return hard + (isFrozen ? change * 0 : change)
  }

  /// The mean of the tasks' streams, weighted for each channel.
  private func mixed(_ streams: [Tensor]) -> Tensor {
    guard let mix else { fatalError("the gated layer '\(name)' has no mix, but its streams have parted") }
    let logits = isFrozen ? mix.value.detached() + (mix.value - mix.value.detached()) * 0 : mix.value
    let weights = logits.softmax(axis: 0).unbound()
    var sum = streams[0] * axis.shaped(weights[0].to(streams[0].dtype), like: streams[0])
    for (stream, weight) in zip(streams, weights).dropFirst() {
      sum = sum.addingProduct(stream, axis.shaped(weight.to(stream.dtype), like: stream))
    }
    return sum
  }
}

extension GatedLayer {
  /// The number of layers that lie in this one side by side, at least 1.
  public var partCount: Int { max(1, partNames.count) }

  /// The gates as they are now: whether a task takes its own channel, by task and channel.
  public func pattern() -> [[Bool]] {
    withoutGradients { gates.value.unbound().map { $0.array(of: Double.self).map { $0 >= 0 } } }
  }
}
