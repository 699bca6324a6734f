import MultitaskLearning

/// The error of a training that cannot continue.
public struct TrainingError: Error, CustomStringConvertible, Sendable {
  /// The message: the step, the quantity that is not finite, and the folder of the last checkpoint.
  public let description: String

  static func notFinite(_ error: NonFiniteError, step: Int, folder: RunFolder) -> TrainingError {
    notFinite("\(error)", step: step, folder: folder)
  }

  /// What of a task's evaluation is not finite; nil if everything is finite.
  static func notFinite(_ evaluation: TaskEvaluation, step: Int, folder: RunFolder) -> TrainingError? {
    let numbers = [("loss", evaluation.loss)] + evaluation.metrics.map { ("metric '\($0.name)'", $0.value) }
    return numbers.first { !$0.1.isFinite }.map { name, value in
      notFinite(
        "the \(name) of task '\(evaluation.task)' on the validation data is not finite (\(value))", step: step,
        folder: folder)
    }
  }

  private static func notFinite(_ what: String, step: Int, folder: RunFolder) -> TrainingError {
    TrainingError(
      description: "step \(step): \(what). Nothing of this step is saved; the last checkpoint is in "
        + "\(folder.checkpoints.path). A smaller learning rate, or optimizer.clipNorm, may help.")
  }
}
