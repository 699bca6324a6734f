import Torch

/// Cross-entropy of two logits in which the rarer class weighs more: class weights (1 − w, w), with w the share
/// of negatives among the valid pixels of the batch. The sum is divided by their number, not by the weights.
///
/// Prediction: batch × 2 × height × width; target: batch × height × width of 0, 1 and the ignored label.
///
/// - Source: the saliency loss of the ViT family of multi-task networks (InvPT and its descendants).
public struct BalancedCrossEntropy: Loss {
  public var ignored: Int

  public init(ignored: Int = 255) { self.ignored = ignored }

  public func labels(in target: Tensor) -> LabelCounts {
    LabelCounts(known: target .!= Double(ignored), positive: target .== 1)
  }

  public func callAsFunction(_ prediction: Tensor, _ target: Tensor, balance: LabelCounts) -> Tensor {
    let valid = (target .!= Double(ignored)).sum(dtype: .float32).clamped(min: 1)
    let negativeFraction = balance.negativeFraction
    let weights = Tensor([Float(1 - negativeFraction), Float(negativeFraction)]).to(prediction.device)
    return prediction.to(.float32).crossEntropySum(target, ignoring: ignored, classWeights: weights) / valid
  }
}
