import MultitaskLearning

/// The error of a training that cannot continue.
public struct TrainingError: Error, CustomStringConvertible, Sendable {
  /// The message: the step, the quantity that is not finite, and the folder of the last checkpoint.
  public let description: String

  static func notFinite(_ error: NonFiniteError, step: Int, folder: RunFolder) -> TrainingError {
    TrainingError(
      description: "step \(step): \(error). Nothing of this step is saved; the last checkpoint is in "
        + "\(folder.checkpoints.path). A smaller learning rate, or optimizer.clipNorm, may help.")
  }
}
