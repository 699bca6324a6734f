import Experiments
import Foundation

/// Runs of a few steps on a few small scenes.
enum SmallRuns {
  /// The configuration of a small transformer that learns two tasks, with some fields changed.
  static func configuration(_ changes: [String]) throws -> Configuration {
    var configuration = Configuration()
    for change in [
      "data.trainingCount=8", "data.validationCount=2", "data.height=32", "data.width=32",
      "network.encoder=vit_micro", "data.tasks=[depth, edges]", "training.steps=2", "training.evaluateEvery=0",
      "run.threads=2", "diagnostics.every=0",
    ] + changes { try configuration.apply(assignment: change) }
    return configuration
  }

  /// Trains a run.
  @discardableResult
  static func train(_ changes: [String], in folder: URL) throws -> RunFolder {
    let folder = RunFolder(folder)
    _ = try TrainingSession(configuration(changes), folder: folder, existing: .refuse).run { false }
    return folder
  }
}
