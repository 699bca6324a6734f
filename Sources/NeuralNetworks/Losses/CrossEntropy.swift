import Torch

/// The mean cross-entropy of logits over pixels whose label is not the ignored one.
///
/// Prediction: batch × classes × height × width; target: batch × height × width, `int64`.
public struct CrossEntropy: Loss {
  public var ignored: Int

  public init(ignored: Int = 255) { self.ignored = ignored }

  public func labels(in target: Tensor) -> LabelCounts { LabelCounts(known: target .!= Double(ignored)) }

  public func callAsFunction(_ prediction: Tensor, _ target: Tensor, balance: LabelCounts) -> Tensor {
    // The sum over the count, and not libtorch's mean, which is NaN where nothing counts.
    prediction.to(.float32).crossEntropySum(target, ignoring: ignored)
      / (target .!= Double(ignored)).sum(dtype: .float32).clamped(min: 1)
  }
}
