import Experiments
import Foundation
import TestSupport
import Testing

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

  /// The configuration of a narrow convolutional network that learns two tasks in four steps, with some fields changed.
  static func convolutional(_ changes: [String]) throws -> Configuration {
    try configuration(["network.encoder=resnet20_quarter", "training.steps=4", "training.batchSize=2"] + changes)
  }

  /// The configuration of a small transformer that learns three tasks in four steps, of which it is evaluated and saved
  /// after each second, with some fields changed.
  static func evaluated(_ changes: [String] = []) throws -> Configuration {
    try configuration(
      [
        "data.validationCount=4", "training.steps=4", "training.batchSize=2", "training.evaluateEvery=2",
        "training.checkpointEvery=2", "diagnostics.every=2", "data.tasks=[segmentation, depth, normals]",
      ] + changes)
  }

  /// A run before its first step, whose folder is gone again.
  static func trainer(_ changes: [String]) throws -> Trainer {
    try withTemporaryFolder { folder in
      try TrainingSession(
        configuration(changes), folder: RunFolder(folder.appendingPathComponent("run")), existing: .refuse
      ).trainer
    }
  }

  /// Trains a run.
  @discardableResult
  static func train(_ changes: [String], in folder: URL) throws -> RunFolder {
    let folder = RunFolder(folder)
    _ = try TrainingSession(configuration(changes), folder: folder, existing: .refuse).run { false }
    return folder
  }

  /// Trains a run, or goes on with it, in a scope of its own: a session holds the folder's lock.
  ///
  /// - Parameters:
  ///   - configuration: The configuration of a new run; nil if the folder's run goes on.
  ///   - folder: The run's folder.
  ///   - stop: The step after which the run is interrupted; nil if it is not.
  static func train(
    _ configuration: Configuration?, in folder: RunFolder, stoppingAt stop: Int? = nil
  ) throws -> Trainer.Outcome {
    let session = try TrainingSession(
      configuration, folder: folder, existing: configuration == nil ? .resume : .refuse)
    return try session.run { stop.map { session.trainer.completedSteps >= $0 } ?? false }
  }

  /// What a run logged of its steps.
  static func steps(_ folder: RunFolder) throws -> [StepRecord] { try MetricsLog.read(folder).steps }

  /// Checks that a configuration is refused with an answer that says something.
  static func expectRefusal(
    of configuration: Configuration, saying answer: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try withTemporaryFolder { folder -> Void in
      #expect(sourceLocation: sourceLocation) {
        _ = try TrainingSession(
          configuration, folder: RunFolder(folder.appendingPathComponent("run")), existing: .refuse)
      } throws: { "\($0)".contains(answer) }
    }
  }
}
