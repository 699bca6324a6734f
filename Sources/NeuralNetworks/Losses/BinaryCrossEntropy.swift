import Torch

/// The mean binary cross-entropy of logits over the labels that are known.
///
///     L = (Σ₊ softplus(−z) + Σ₋ softplus(z)) / number of known labels
///
/// Prediction and target: batch × attributes, or any other shape that both have; the target holds 0 and 1.
public struct BinaryCrossEntropy: Loss {
  /// Creates the loss.
  public init() {}

  /// Counts the known labels.
  public func labelCounts(in target: Labels) -> LabelCounts { target.knownCount }

  /// The mean cross-entropy over the known labels.
  public func callAsFunction(_ prediction: Tensor, _ target: Labels, balance: LabelCounts) -> Tensor {
    // softplus(z) − y z is softplus(−z) for y = 1.
    let logits = prediction.to(.float32)
    let entropy = logits.softplus() - target.values * logits
    return target.mean(ofSum: (target.known.map { entropy.filled(0, where: .!$0) } ?? entropy).sum())
  }
}
