import Torch

/// How wrong a prediction is: one number, for a batch or a part of one.
public protocol Loss: Sendable {
  /// Counts the labels that the loss is a mean over, and those of the positive class.
  func labels(in target: Tensor) -> LabelCounts

  /// The mean over the known labels of a target; zero if nothing is known.
  ///
  /// - Parameter balance: the labels of the whole batch, of which the target may be a part. Losses that weigh classes by
  ///   their frequency weigh them by these.
  func callAsFunction(_ prediction: Tensor, _ target: Tensor, balance: LabelCounts) -> Tensor
}

extension Loss {
  /// The loss of a whole batch.
  public func callAsFunction(_ prediction: Tensor, _ target: Tensor) -> Tensor {
    self(prediction, target, balance: labels(in: target))
  }
}

extension Tensor {
  /// The sum of losses over the number of places that count; zero where none does.
  func averaged(over valid: Tensor) -> Tensor { sum() / valid.sum(dtype: .float32).clamped(min: 1) }
}
