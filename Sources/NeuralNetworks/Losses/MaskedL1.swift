import Torch

/// The mean absolute error over the values that have a ground truth.
///
/// Prediction and target: batch × channels × height × width.
public struct MaskedL1: Loss {
  /// The target's value where nothing is known.
  public var ignored: Double

  public init(ignored: Double = 255) { self.ignored = ignored }

  public func labels(in target: Tensor) -> LabelCounts { LabelCounts(known: target .!= ignored) }

  public func callAsFunction(_ prediction: Tensor, _ target: Tensor, balance: LabelCounts) -> Tensor {
    let valid = target .!= ignored
    return (prediction.to(.float32) - target).abs().filled(0, where: .!valid).averaged(over: valid)
  }
}
