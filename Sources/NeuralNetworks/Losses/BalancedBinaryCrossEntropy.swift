import Torch

/// Binary cross-entropy of one logit, in which positives weigh w and negatives 1 − w.
///
///     L = (w Σ₊ softplus(−z) + (1 − w) Σ₋ softplus(z)) / number of valid pixels
///
/// Prediction: batch × 1 × height × width; target: the same shape, of 0, 1 and the ignored value.
///
/// - Source: Xie, Tu, *Holistically-Nested Edge Detection*, ICCV 2015, equation 2.
public struct BalancedBinaryCrossEntropy: Loss {
  public enum PositiveWeight: Sendable, Equatable {
    case fixed(Double)
    /// The share of negatives among the valid pixels of the batch.
    case negativeShare
  }

  public var positiveWeight: PositiveWeight
  public var ignored: Double

  public init(positiveWeight: PositiveWeight, ignored: Double = 255) {
    self.positiveWeight = positiveWeight
    self.ignored = ignored
  }

  public func labels(in target: Tensor) -> LabelCounts {
    let (valid, positive) = masks(target)
    return LabelCounts(known: valid, positive: positive)
  }

  public func callAsFunction(_ prediction: Tensor, _ target: Tensor, balance: LabelCounts) -> Tensor {
    let logits = prediction.to(.float32)
    let (valid, positive) = masks(target)
    let negative = valid - positive
    let weight =
      switch positiveWeight {
      case .fixed(let weight): weight
      case .negativeShare: balance.negativeFraction
      }
    let entropy = positive * weight * (-logits).softplus() + negative * (1 - weight) * logits.softplus()
    return entropy.averaged(over: valid)
  }

  private func masks(_ target: Tensor) -> (valid: Tensor, positive: Tensor) {
    let valid = (target .!= ignored).to(.float32)
    return (valid, (target .>= 0.5).to(.float32) * valid)
  }
}
