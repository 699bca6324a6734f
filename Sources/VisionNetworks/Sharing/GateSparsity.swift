import NeuralNetworks
import Torch

/// A penalty on the channels that tasks keep for themselves.
///
/// With `p_t` as the mean over all layers of a task's soft fraction of own channels, the mean of σ(α), the penalty is λ
/// times the mean over the tasks of `max(0, p_t − τ_t)` (hinge) or of `p_t` (L1).
///
/// - Source: *GatedMTL: Learning to Share, Specialize, and Prune Representations for Multi-Task Learning*, 2023,
///   equations 5 and 6.
public struct GateSparsity: Sendable, Equatable {
  /// What of a task's own channels counts.
  public enum Kind: String, Sendable, CaseIterable {
    /// The fraction above the task's target.
    case hinge
    /// The whole fraction.
    case l1
    /// Nothing.
    case none
  }

  /// What of a task's own channels counts.
  public var kind: Kind
  /// The factor λ of the penalty, at least 0.
  public var weight: Double
  /// For each task the fraction τ of own channels that costs nothing, from 0 to 1.
  public var targets: [Double]

  /// Creates a penalty.
  public init(_ kind: Kind, weight: Double, targets: [Double]) {
    self.kind = kind
    self.weight = weight
    self.targets = targets
  }

  /// Returns for each task its soft fraction of own channels, the mean over all layers.
  public static func fractions(of layers: [GatedLayer]) -> Tensor {
    let partCount = layers.reduce(0) { $0 + $1.partCount }
    let factors = layers.flatMap { layer in
      let channels = layer.gates.shape[1]
      return [Double](repeating: Double(layer.partCount) / Double(channels) / Double(partCount), count: channels)
    }
    let logits = Tensor.concatenated(layers.map(\.gates.value), axis: 1)
    let mean = Tensor(factors, shape: [factors.count]).to(logits.dtype).to(logits.device)
    return (logits.sigmoid() * mean).sum(axes: [1])
  }

  /// Returns the penalty of some layers; nil if nothing counts.
  public func penalty(of layers: [GatedLayer]) -> Tensor? {
    guard kind != .none, weight > 0, !layers.isEmpty else { return nil }
    let fractions = Self.fractions(of: layers)
    guard kind == .hinge else { return fractions.mean() * weight }
    let targets = Tensor(targets, shape: [targets.count]).to(fractions.dtype).to(fractions.device)
    return (fractions - targets).relu().mean() * weight
  }
}
