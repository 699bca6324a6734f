import Support
import Torch

/// The loss of an occlusion head: the softmax cross-entropy over the foreground regions of a batch, in which free and
/// occluded ones count the same in all.
///
///     occ = Σ w · cross-entropy / Σ w, with w = 1 for free regions and n_free / n_occluded for occluded ones
///
/// If all regions are of one kind, all weights are one.
///
/// - Source: Back et al., *Unseen Object Amodal Instance Segmentation via Hierarchical Occlusion Modeling*, ICRA 2022, in
///   its public code, which divides by zero if all regions are occluded.
public struct OcclusionLoss: Sendable, Equatable {
  /// The occluded fraction of an object from which on it counts as occluded.
  public static let occludedFrom = 0.05

  /// The class of free objects among an occlusion head's logits.
  static let freeClass = 0
  /// The class of occluded objects among an occlusion head's logits.
  static let occludedClass = 1

  /// Creates the loss.
  public init() {}

  /// Returns the loss; zero if there is no region.
  ///
  /// - Parameters:
  ///   - logits: regions × 2: free and occluded.
  ///   - isOccluded: whether the object of each region is occluded.
  public func callAsFunction(logits: Tensor, isOccluded: [Bool]) -> Tensor {
    require(
      logits.shape == [isOccluded.count, 2], "\(logits.signature) are not the logits of \(isOccluded.count) regions")
    let logits = logits.inLossPrecision
    let occluded = isOccluded.filter { $0 }.count
    let free = isOccluded.count - occluded
    let weight = free > 0 && occluded > 0 ? Double(free) / Double(occluded) : 1
    let labels = Tensor(isOccluded.map { $0 ? Self.occludedClass : Self.freeClass }).to(logits.device)
    let weights = Tensor([1, weight]).to(logits.dtype).to(logits.device)
    let total = Double(free) + weight * Double(occluded)
    return logits.crossEntropySum(labels, ignoring: -1, classWeights: weights) * (1 / max(1, total))
  }
}
