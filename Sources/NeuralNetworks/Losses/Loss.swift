import Torch

/// How wrong a prediction is: one number, for a batch or a part of one.
public protocol Loss: Sendable {
  /// Counts the labels that the loss is a mean over, and those of the positive class.
  func labelCounts(in target: Labels) -> LabelCounts

  /// Returns the mean over the known labels of a target; zero if nothing is known.
  ///
  /// - Parameters:
  ///   - prediction: what a network gives for the batch, before any activation.
  ///   - target: the ground truth of the same batch.
  ///   - balance: the labels of the whole batch, of which the target may be a part. Losses that weigh classes by
  ///     their frequency weigh them by these.
  func callAsFunction(_ prediction: Tensor, _ target: Labels, balance: LabelCounts) -> Tensor
}

extension Loss {
  /// Returns the loss of a whole batch.
  public func callAsFunction(_ prediction: Tensor, _ target: Labels) -> Tensor {
    self(prediction, target, balance: labelCounts(in: target))
  }
}
