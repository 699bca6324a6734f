import Foundation
import Support
import TestSupport
import Testing
import VisionData

import Experiments

/// Data set folders that say something else than before, or than was meant.
@Suite(.serialized) struct ChangedDataTests {
  private func write(classes: String, to url: URL) throws {
    let folder = SampleFolder(["rooms": "{\"segmentation\": {\"classes\": [\(classes)]}}"])
    try folder.write(to: url) { _, _ in folder.map { row, _ in row / 16 } }
  }

  private func configuration(_ data: URL) throws -> Configuration {
    var configuration = Configuration()
    configuration.data.folder = data.path
    for change in [
      "data.validationCount=2", "data.height=32", "data.width=32", "data.tasks=[rooms]", "network.encoder=vit_micro",
      "training.batchSize=2", "training.steps=4", "training.evaluateEvery=0", "diagnostics.every=0",
    ] { try configuration.apply(assignment: change) }
    return configuration
  }

  @Test func aRunDoesNotGoOnWithOtherClasses() throws {
    try withTemporaryFolder { parent in
      let (data, run) = (parent.appendingPathComponent("data"), RunFolder(parent.appendingPathComponent("run")))
      try write(classes: "\"floor\", \"wall\"", to: data)
      do {
        let session = try TrainingSession(configuration(data), folder: run, existing: .refuse)
        #expect(try session.run { session.trainer.completedSteps >= 2 } == .stopped(step: 2))
      }
      let tasks = try Data(contentsOf: run.tasks)
      try write(classes: "\"wall\", \"floor\"", to: data)
      #expect { _ = try TrainingSession(nil, folder: run, existing: .resume) } throws: {
        "\($0)".contains("the data set's are others now ('rooms')")
      }
      #expect(try Data(contentsOf: run.tasks) == tasks)
      // The network predicts, but the data are not those that it can be measured on.
      #expect { _ = try TrainedRun(run, checkpoint: .last).evaluate() } throws: {
        "\($0)".contains("the run learned the task 'rooms'")
      }
    }
  }

  @Test func aMisspelledTargetIsNamed() throws {
    try withTemporaryFolder { url in
      try write(classes: "\"a\", \"b\"", to: url)
      let index = url.appendingPathComponent(DatasetIndex.fileName)
      let text = try String(contentsOf: index, encoding: .utf8)
      try Data(text.replacing("\"rooms\": \"rooms3", with: "\"Rooms\": \"rooms3").utf8).write(to: index)
      #expect { _ = try DatasetFolder(url) } throws: {
        "\($0)".contains("sample '3' has a file for unknown task 'Rooms'. Did you mean 'rooms'?")
      }
    }
  }

  /// Images of the ground truth are kept under such names.
  @Test func namesOfOtherFilesAreRefused() {
    for name in ["input", "seg-truth", "-truth", ""] { #expect(!VisionTask.isName(name)) }
    for name in ["seg", "truth", "seg_2"] { #expect(VisionTask.isName(name)) }
  }

  @Test(arguments: [
    ("\"height\": 32", "\"height\": 32.5", "'height' and 'width' (whole numbers)"),
    ("\"segmentation\"", "\"segmentaton\"", "the kind at tasks.0.kind has to be one of {\"segmentation\""),
    (
      "{\"segmentation\": {\"classes\": [\"a\", \"b\"]}}", "\"segmentation\"",
      "the kind at tasks.0.kind has to be one of"
    ),
    ("\"samples\": [", "\"samples\": ", "is not a data set index"),
  ]) func damagedIndicesAreAnsweredInWordsOfTheFormat(_ old: String, _ new: String, _ answer: String) throws {
    try withTemporaryFolder { url in
      try write(classes: "\"a\", \"b\"", to: url)
      let index = url.appendingPathComponent(DatasetIndex.fileName)
      let text = try String(contentsOf: index, encoding: .utf8)
      #expect(text.contains(old))
      try Data(text.replacing(old, with: new).utf8).write(to: index)
      #expect { _ = try DatasetFolder(url) } throws: { "\($0)".contains(answer) }
    }
  }
}
