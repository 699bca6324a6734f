import Foundation
import Support
import TestSupport
import Testing
import VisionData

import Experiments

/// Which data a configuration names.
@Suite(.serialized) struct DataReaderTests {
  private func train(_ changes: [String], in run: URL) throws -> Trainer {
    var configuration = Configuration()
    for change in [
      "data.trainingCount=4", "data.validationCount=2", "data.height=32", "data.width=32", "network.encoder=vit_micro",
      "training.steps=1", "training.batchSize=2", "training.evaluateEvery=0", "run.threads=1", "data.tasks=[depth]",
      "diagnostics.every=0",
    ] + changes { try configuration.apply(assignment: change) }
    let session = try TrainingSession(configuration, folder: RunFolder(run), existing: .refuse)
    _ = try session.run { false }
    return session.trainer
  }

  private func complaint(_ changes: [String]) throws -> String {
    try withTemporaryFolder { parent in
      do {
        _ = try train(changes, in: parent.appendingPathComponent("run"))
        return "nothing"
      } catch { return "\(error)" }
    }
  }

  @Test func aReaderMayBeNamed() throws {
    try withTemporaryFolder { parent in
      let data = parent.appendingPathComponent("data")
      try DatasetWriter(data).write(Scenes(seed: 1, count: 6, height: 32, width: 32))
      let named = try train(
        ["data.folder=\(data.path)", "data.reader=folder"], in: parent.appendingPathComponent("named"))
      let found = try train(["data.folder=\(data.path)"], in: parent.appendingPathComponent("found"))
      #expect(named.lastEvaluation != nil && named.lastEvaluation == found.lastEvaluation)
      #expect(try train(["data.reader=scenes"], in: parent.appendingPathComponent("scenes")).completedSteps == 1)
      #expect(try complaint(["data.folder=\(data.path)", "data.reader=scenes"]).contains("which reads no folder"))
    }
    #expect(try complaint(["data.reader=folder"]).contains("data.folder has to name one"))
    #expect(try complaint(["data.reader=scnes"]).contains("Did you mean 'scenes'?"))
    var configuration = Configuration()
    configuration.data.dataset = MethodChoice("a\nb")
    #expect { try configuration.check(availableTasks: Scenes.allTasks) } throws: {
      "\($0)".contains("'data.dataset' is ") && "\($0)".contains("has to be ")
    }
    configuration.data.dataset = MethodChoice(
      "folder", settings: ["reproduce": .text("normals depth"), "size": .number(3)])
    #expect(try Configuration(yaml: configuration.yaml) == configuration)
  }

  @Test(arguments: [("holds-sphere", "about images as a whole"), ("objects", "about the objects in images")])
  func tasksWithoutPixelsAreNamed(_ task: String, _ subject: String) throws {
    #expect(try complaint(["data.tasks=[depth, \(task)]"]).contains("data.tasks: '\(task)' is \(subject)"))
  }
}
