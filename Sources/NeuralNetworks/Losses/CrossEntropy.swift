import Torch

/// The mean cross-entropy of logits over the pixels whose class is known.
///
/// Prediction: batch × classes × height × width; target: batch × height × width, `int64`.
public struct CrossEntropy: Loss {
  /// Creates the loss.
  public init() {}

  /// Counts the known pixels.
  public func labelCounts(in target: Labels) -> LabelCounts { target.knownCount }

  /// The mean cross-entropy over the known pixels.
  public func callAsFunction(_ prediction: Tensor, _ target: Labels, balance: LabelCounts) -> Tensor {
    // The sum over the count, and not libtorch's mean, which is NaN where nothing counts.
    target.mean(ofSum: prediction.to(.float32).crossEntropySum(target.classes, ignoring: Labels.unknownClass))
  }
}
