import NeuralNetworks

/// Sends losses, weights, metrics and diagnostics to TensorBoard.
public final class TensorBoardLog: TrainingObserver {
  private let file: EventFile
  private let tasks: [String]

  /// Starts a session of a run. What was written after `step` goes: a resumed run writes it again.
  ///
  /// - Throws: `FileError` where earlier files cannot be shortened, or a new one not be created.
  public init(_ folder: RunFolder, tasks: [String], keepingThrough step: Int) throws {
    try EventHistory.cut(after: step, in: folder.tensorBoard)
    file = try EventFile(in: folder.tensorBoard)
    try file.writeStart(step: step + 1)
    self.tasks = tasks
  }

  /// Writes the scalars of a record at its step.
  ///
  /// - Throws: `FileError` if the event file cannot be written.
  public func observe(_ record: LogRecord) throws {
    switch record {
    case .step(let step):
      try file.write(
        step.losses.merging(step.auxiliaryLosses ?? [:]) { loss, _ in loss }.sorted { $0.key < $1.key }
          .map { ("loss/\($0.key)", $0.value) }
          + step.weights.sorted { $0.key < $1.key }.map { ("weight/\($0.key)", $0.value) }
          + (step.penalty.map { [("penalty", $0)] } ?? []) + [("learning rate", step.learningRate)]
          + (step.diagnostics?.scalars(tasks: tasks) ?? []) + (step.gates?.scalars(tasks: tasks) ?? []),
        step: step.step)
    case .evaluation(let evaluation):
      try file.write(
        evaluation.evaluation.tasks.flatMap { task in
          task.metrics.map { ("\(task.task)/\($0.name)", $0.value) }
        }, step: evaluation.step)
    case .adaptation(let adaptation):
      switch adaptation.report {
      case .tokens(let report):
        try file.write([("parameters", Double(report.parameterCountAfter))], step: adaptation.step)
      }
    }
  }
}

extension GateState {
  fileprivate func scalars(tasks: [String]) -> [(String, Double)] {
    [("gates/FLOPs", flopFraction), ("gates/lambda", weight)]
      + zip(tasks, meanOwnFractions).map { ("gates/own/\($0)", $1) }
  }
}
