import Foundation
import TestSupport
import Testing
import Torch
import VisionData

import Experiments

/// Training on images with depth as their fourth channel.
@Suite(.serialized) struct DepthImageTrainingTests {
  private func configuration(_ changes: [String] = []) throws -> Configuration {
    var configuration = Configuration()
    for change in [
      "data.channels=rgbd", "data.trainingCount=8", "data.validationCount=2", "data.height=32", "data.width=32",
      "data.tasks=[segmentation, normals]", "training.steps=2", "training.batchSize=2", "training.evaluateEvery=0",
      "training.checkpointEvery=0", "run.threads=2", "diagnostics.every=0",
    ] + changes { try configuration.apply(assignment: change) }
    return configuration
  }

  private func train(_ configuration: Configuration, in folder: URL) throws -> Trainer {
    let session = try TrainingSession(configuration, folder: RunFolder(folder), existing: .refuse)
    #expect(try session.run { false } == .finished)
    return session.trainer
  }

  private func complaint(_ changes: [String]) throws -> String {
    try withTemporaryFolder { parent in
      do {
        _ = try train(configuration(changes), in: parent.appendingPathComponent("run"))
        return "nothing"
      } catch { return "\(error)" }
    }
  }

  private func losses(_ folder: RunFolder) throws -> [[String: Double]] {
    try SmallRuns.steps(folder).map(\.losses)
  }

  @Test(arguments: [
    ("resnet18", "backbone.conv1.weight"), ("vit_micro", "backbone.patch_embed.proj.weight"),
    ("segnet", "backbone.encoder_block.0.0.weight"),
  ])
  func scenesAreLearnedAndResumed(_ encoder: String, _ first: String) throws {
    try withTemporaryFolder { parent in
      let configuration = try configuration([
        "network.encoder=\(encoder)", "data.scale=[1, 1.5]", "data.cropHeight=32", "data.cropWidth=32",
      ])
      let whole = RunFolder(parent.appendingPathComponent("whole"))
      let trainer = try train(configuration, in: whole.url)
      let names = trainer.network.store.state.map(\.name)
      let weight = try #require(trainer.network.store.entry(first), "\(names)")
      #expect(weight.shape[1] == 4)

      let cut = RunFolder(parent.appendingPathComponent("cut"))
      do {
        let session = try TrainingSession(configuration, folder: cut, existing: .refuse)
        #expect(try session.run { session.trainer.completedSteps >= 1 } == .stopped(step: 1))
      }
      #expect(try TrainingSession(nil, folder: cut, existing: .resume).run { false } == .finished)
      #expect(try losses(cut) == losses(whole) && losses(whole).count == 2)
      let run = try TrainedRun(cut, checkpoint: .last)
      #expect(try run.evaluate() == trainer.lastEvaluation)
      // A picture lacks the fourth channel.
      let picture = try Picture(contentsOf: cut.predictions.appendingPathComponent("0-input.png"))
      #expect { try run.predict(picture) } throws: { "\($0)".contains("data.channels is rgbd") }
    }
  }

  @Test func foldersWithDepthAreLearned() throws {
    try withTemporaryFolder { parent in
      let data = parent.appendingPathComponent("data").path
      let written = try Command.run(
        ["data", "scenes", "--out", data, "--count", "6", "--height", "32", "--width", "32", "--channels", "rgbd"],
        in: parent)
      #expect(written.succeeded, "\(written.errors)")
      let configuration = try configuration(["data.folder=\(data)", "network.encoder=vit_micro"])
      #expect(try train(configuration, in: parent.appendingPathComponent("run")).completedSteps == 2)
      // Colors alone are there, too.
      var colors = configuration
      colors.data.channels = .rgb
      #expect(try train(colors, in: parent.appendingPathComponent("colors")).completedSteps == 2)
    }
  }

  @Test func whatDoesNotFitIsNamed() throws {
    #expect(throws: ConfigurationError.self) { try configuration(["data.channels=rgb-d"]) }
    for range in ["[1]", "[2, 1]", "[1, 1]", "[1, 1.00000001]"] {
      let found = try complaint(["data.depthRange=\(range)", "network.encoder=vit_micro"])
      #expect(found.contains("data.depthRange is ") && found.contains("[nearest, farthest]"), "\(found)")
    }
    try withTemporaryFolder { parent in
      let data = parent.appendingPathComponent("data")
      try DatasetWriter(data).write(Scenes(seed: 1, count: 6, height: 32, width: 32))
      let found = try complaint(["data.folder=\(data.path)", "network.encoder=vit_micro"])
      #expect(found.contains("names no depthImage for the sample '000000'") && found.contains("(data.channels)"))

      // Weights of colors alone.
      let file = parent.appendingPathComponent("weights.safetensors")
      var colors = try configuration(["network.encoder=vit_micro"])
      colors.data.channels = .rgb
      let store = try train(colors, in: parent.appendingPathComponent("colors")).network.store
      let entries = store.state.filter { $0.name.hasPrefix("backbone.") }
        .map { (String($0.name.dropFirst("backbone.".count)), $0.tensor) }
      try Safetensors.write(entries, metadata: ["grid": "4x4"], to: file)
      let weights = try complaint(["network.weights=\(file.path)", "network.encoder=vit_micro"])
      #expect(weights.contains("an encoder of 4 channels") && weights.contains("patch_embed.proj.weight"), "\(weights)")
    }
    let result = try withTemporaryFolder {
      try Command.run(["data", "scenes", "--out", "x", "--channels", "d"], in: $0)
    }
    #expect(result.errors.contains("--channels is 'd', but has to be rgb or rgbd"))
  }

  /// Readers come from outside, too.
  @Test func aReaderThatGivesOtherChannelsIsNamed() throws {
    try DatasetReader.registry.add(
      DatasetReader(
        name: "colors-alone", summary: "scenes", citation: "a test", license: "none", splits: [], needsFolder: false,
        recognizes: { _ in false }, tasks: { _ in Scenes.allTasks },
        open: { request in
          let tasks = Scenes.allTasks.filter { request.tasks.contains($0.name) }
          let scenes = Scenes(seed: 1, count: 4, height: 32, width: 32, tasks: tasks)
          return Dataset(tasks: Scenes.allTasks, training: scenes, validation: scenes)
        }))
    let found = try complaint(["data.reader=colors-alone", "network.encoder=vit_micro"])
    #expect(found.contains("the data reader colors-alone gives an image of 3 channels"), "\(found)")
  }
}
