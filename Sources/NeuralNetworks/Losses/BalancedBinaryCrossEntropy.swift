import Torch

/// Binary cross-entropy of one logit, in which positives weigh w and negatives 1 − w.
///
///     L = (w Σ₊ softplus(−z) + (1 − w) Σ₋ softplus(z)) / number of known pixels
///
/// Prediction: batch × 1 × height × width; target: the same shape, of 0 and 1. Predictions of `float64` give a loss of
/// `float64`, all others one of `float32`.
///
/// - Source: Xie, Tu, *Holistically-Nested Edge Detection*, ICCV 2015, equation 2.
public struct BalancedBinaryCrossEntropy: Loss {
  /// The weight w of positives.
  public enum PositiveWeight: Sendable, Equatable {
    /// The same weight for every batch, from 0 to 1.
    case fixed(Double)
    /// The fraction of negatives among the known pixels of the batch.
    case negativeFraction
  }

  /// The weight w of positives.
  public var positiveWeight: PositiveWeight

  /// Creates the loss.
  ///
  /// - Parameter positiveWeight: the weight w of positives, from 0 to 1.
  public init(positiveWeight: PositiveWeight) { self.positiveWeight = positiveWeight }

  /// Counts the known pixels, and those of the positive class.
  public func labelCounts(in target: Labels) -> LabelCounts {
    let positive = target.values .>= 0.5
    return LabelCounts(
      known: target.known, of: target.values.count, positive: target.known.map { positive .& $0 } ?? positive)
  }

  /// The weighted cross-entropy, divided by the number of known pixels.
  public func callAsFunction(_ prediction: Tensor, _ target: Labels, balance: LabelCounts) -> Tensor {
    let logits = prediction.inFullPrecision
    let known = target.known?.to(logits.dtype)
    let isPositive = (target.values .>= 0.5).to(logits.dtype)
    let positive = known.map { isPositive * $0 } ?? isPositive
    let negative = known.map { $0 - positive } ?? (1 - positive)
    let weight =
      switch positiveWeight {
      case .fixed(let weight): weight
      case .negativeFraction: balance.negativeFraction
      }
    let entropy = positive * weight * (-logits).softplus() + negative * (1 - weight) * logits.softplus()
    return target.mean(ofSum: entropy.sum())
  }
}
