import Foundation
import NeuralNetworks
import Torch

/// What happens to the gates of a network while it is trained: their penalty, a target for the cost, their freezing, and
/// the holding of channels that are not selected.
public final class GateTraining {
  let sharing: GatedSharing
  let layers: [GatedLayer]
  private let copies: [GatedKit.Copy]
  /// λ, and the offset of its feedback, if there is a target; nil otherwise.
  private let factor: Buffer?
  /// The cost of what pruning leaves, as a function of the gates; nil before it is asked for.
  var cost: GateCost?
  /// Channels that nothing selects in the step, with their values before it.
  private var held: [(parameter: Parameter, axis: Int, positions: Tensor, values: Tensor)] = []

  init(_ sharing: GatedSharing, _ kit: GatedKit, at path: ParameterPath) {
    self.sharing = sharing
    layers = kit.layers
    copies = kit.copies
    factor = sharing.flops.map { _ in path.buffer("lambda", Tensor([sharing.sparsity.weight, 0], shape: [2])) }
  }

  /// The factor λ of the penalty.
  public var weight: Double {
    factor.map { $0.value.to(.float64).array(of: Double.self)[0] } ?? sharing.sparsity.weight
  }

  /// Returns the penalty; nil if nothing counts.
  func penalty() -> Tensor? {
    // It would move gates that are frozen.
    guard !layers.contains(where: \.isFrozen) else { return nil }
    guard let factor else { return sharing.sparsity.penalty(of: layers) }
    var unweighted = sharing.sparsity
    unweighted.weight = 1
    return unweighted.penalty(of: layers).map { $0 * factor.value[0] }
  }

  /// Prepares a step: λ follows the cost, gates are frozen when it is time, and channels are noted that are to be held.
  func willStep(_ completed: Int, of total: Int) {
    let isFrozen = sharing.movingSteps(of: total).map { completed >= $0 } ?? false
    for layer in layers { layer.isFrozen = isFrozen }
    if !isFrozen, completed % FLOPTarget.interval(of: total) == 0 { follow(completed, of: total) }
    held = sharing.holdsUnselected ? withoutGradients(unselected) : []
  }

  /// Ends a step: what was held gets its values back.
  func didStep() {
    withoutGradients {
      for (parameter, axis, positions, values) in held {
        parameter.value.copy(from: parameter.value.replacingAtIndices(positions, axis: axis, values))
      }
    }
    held = []
  }

  /// The wanted multiply-adds; nil if there is no target.
  ///
  /// - Throws: ``NetworkError`` for a target below the cost of hard sharing.
  func target(_ cost: GateCost, taskCount: Int) throws -> Int? {
    guard let flops = sharing.flops else { return nil }
    let wanted = flops <= 1 ? flops * Double(cost.single) : flops / 2
    guard wanted >= Double(cost.shared) else {
      let (least, most) = (Double(cost.shared), Double(cost.single))
      let kind = flops > 1 ? " (above 1, it is a number of FLOPs and no fraction)" : ""
      throw NetworkError(
        "network.sharing.flops is \(flops)\(kind), but hard sharing already has \(2 * cost.shared) FLOPs, \(GateTraining.format(least / most)) of those of \(taskCount) single-task networks: no pruning leaves less"
      )
    }
    return Int(min(wanted, Double(cost.single)))
  }

  private func follow(_ completed: Int, of total: Int) {
    guard let factor, let cost, let target = try? target(cost, taskCount: layers[0].gates.shape[0]) else { return }
    let known = factor.value.to(.float64).array(of: Double.self)
    let next = FLOPTarget(multiplyAdds: target, cost: cost)
      .next(.init(weight: known[0], offset: known[1]), gates(), completed: completed, of: total)
    withoutGradients {
      factor.value.copy(
        from: Tensor([next.weight, next.offset], shape: [2]).to(factor.value.dtype).to(factor.value.device))
    }
  }

  /// Every gate with its speed, which is zero for tasks that are at their target.
  private func gates() -> [[[FLOPTarget.Gate]]] {
    let partCount = Double(layers.reduce(0) { $0 + $1.partCount })
    let soft: [Double] = withoutGradients { GateSparsity.fractions(of: layers).array() }
    let rate = sharing.learningRate / (1 - min(sharing.momentum, 0.999))
    return layers.map { layer in
      let logits: [[Double]] = withoutGradients { layer.gates.value.unbound().map { $0.array() } }
      return logits.enumerated().map { task, own in
        let counts = sharing.sparsity.kind == .l1 || soft[task] > sharing.sparsity.targets[task]
        let factor =
          counts
          ? rate * Double(layer.partCount) / partCount / Double(own.count) / Double(logits.count) : 0
        return own.map { logit in
          let sigmoid = 1 / (1 + exp(-logit))
          return FLOPTarget.Gate(logit: logit, speed: factor * sigmoid * (1 - sigmoid))
        }
      }
    }
  }

  private func unselected() -> [(parameter: Parameter, axis: Int, positions: Tensor, values: Tensor)] {
    let patterns = layers.map { $0.pattern() }
    return copies.compactMap { copy in
      let pattern = patterns[copy.layer]
      let unselected = pattern[0].indices.filter { channel in
        copy.task.map { !pattern[$0][channel] } ?? pattern.allSatisfy { $0[channel] }
      }
      guard !unselected.isEmpty else { return nil }
      let positions = Tensor(unselected, shape: [unselected.count]).to(copy.parameter.value.device)
      return (
        copy.parameter, copy.axis, positions, copy.parameter.value.selecting(positions, axis: copy.axis).copied()
      )
    }
  }

  static func format(_ number: Double) -> String { "\((number * 1000).rounded() / 1000)" }
}
