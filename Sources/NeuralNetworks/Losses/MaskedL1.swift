import Torch

/// The mean absolute error over the values that have a ground truth.
///
/// Prediction and target: batch × channels × height × width.
public struct MaskedL1: Loss {
  /// Creates the loss.
  public init() {}

  /// Counts the known values.
  public func labelCounts(in target: Labels) -> LabelCounts { target.knownCount }

  /// The mean absolute error over the known values.
  public func callAsFunction(_ prediction: Tensor, _ target: Labels, balance: LabelCounts) -> Tensor {
    let errors = (prediction.to(.float32) - target.values).abs()
    return target.mean(ofSum: (target.known.map { errors.filled(0, where: .!$0) } ?? errors).sum())
  }
}
