import Torch

/// Cross-entropy of two logits in which the rarer class weighs more: class weights (1 − w, w), with w the fraction
/// of negatives among the known pixels of the batch. The sum is divided by their number, not by the weights.
///
/// Prediction: batch × 2 × height × width; target: batch × height × width of 0 and 1.
///
/// - Source: the saliency loss of the ViT family of multi-task networks: Ye, Xu, *Inverted Pyramid Multi-Task
///   Transformer for Dense Scene Understanding*, ECCV 2022, and its descendants.
public struct BalancedCrossEntropy: Loss {
  /// Creates the loss.
  public init() {}

  /// Counts the known pixels, and those of the positive class.
  public func labelCounts(in target: Labels) -> LabelCounts {
    let positive = target.values .== 1
    return LabelCounts(
      known: target.known, of: target.values.count, positive: target.known.map { positive .& $0 } ?? positive)
  }

  /// The weighted cross-entropy, divided by the number of known pixels.
  public func callAsFunction(_ prediction: Tensor, _ target: Labels, balance: LabelCounts) -> Tensor {
    let negativeFraction = balance.negativeFraction
    let weights = Tensor([Float(1 - negativeFraction), Float(negativeFraction)]).to(prediction.device)
    return target.mean(
      ofSum: prediction.to(.float32).crossEntropySum(
        target.classes, ignoring: Labels.unknownClass, classWeights: weights))
  }
}
