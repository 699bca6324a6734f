import Foundation
import TestSupport
import Testing
import VisionData

import Experiments

/// Training from folders as users make them: what is not right is said, and what is right is learned.
@Suite(.serialized) struct FolderTrainingTests {
  private func configuration(_ folder: URL, _ tasks: [String], _ changes: [String] = []) throws -> Configuration {
    var configuration = Configuration()
    configuration.data.folder = folder.path
    configuration.data.tasks = tasks
    for change in [
      "data.validationCount=2", "data.height=32", "data.width=32", "network.encoder=vit_micro", "training.steps=2",
      "training.batchSize=2", "training.evaluateEvery=0", "run.threads=2", "diagnostics.every=0",
    ] + changes { try configuration.apply(assignment: change) }
    return configuration
  }

  private func train(_ configuration: Configuration, in folder: URL) throws -> Trainer {
    let session = try TrainingSession(configuration, folder: RunFolder(folder), existing: .refuse)
    _ = try session.run { false }
    return session.trainer
  }

  /// The body gets a folder's and a run's place.
  private func withFolder<Result>(
    _ folder: SampleFolder, target: (_ task: String, _ sample: Int) -> RawPNG?,
    _ body: (_ data: URL, _ run: URL) throws -> Result
  ) throws -> Result {
    try withTemporaryFolder { url in
      let data = url.appendingPathComponent("data")
      try folder.write(to: data, target: target)
      return try body(data, url.appendingPathComponent("run"))
    }
  }

  private static let saliency = "{\"saliency\": {}}"
  private static let rooms = "{\"segmentation\": {\"classes\": [\"floor\", \"wall\", \"door\"]}}"

  private func trivialMetric(_ trainer: Trainer, _ name: String) throws -> Double {
    try #require(trainer.trivial.tasks[0].metrics.first { $0.name == name }?.value)
  }

  @Test func aMaskOf0And255StopsTheRunBeforeItBegins() throws {
    let folder = SampleFolder(["mask": Self.saliency])
    try withFolder(folder) { _, _ in
      folder.map { row, _ in row < 8 ? 255 : 0 }
    } _: { data, run in
      #expect { _ = try train(configuration(data, ["mask"]), in: run) } throws: {
        "\($0)".contains("mask0.png: holds 0 and 255 alone")
      }
      #expect(!FileManager.default.fileExists(atPath: run.path))
      let trainer = try train(configuration(data, ["mask"], ["data.unclearMasks=foreground"]), in: run)
      // A quarter is foreground: yes everywhere has this F-measure.
      #expect(try abs(trivialMetric(trainer, "maxF") - 0.4) < 1e-6)
    }
  }

  @Test func oneBitMasksAndPalettesAreLearned() throws {
    let folder = SampleFolder(["mask": Self.saliency, "rooms": Self.rooms])
    try withFolder(folder) { task, _ in
      var file = folder.map(bits: task == "mask" ? 1 : 8) { row, _ in row < 16 ? 1 : 0 }
      guard task == "rooms" else { return file }
      file.color = .palette
      file.palette = [[200, 0, 0], [0, 200, 0], [0, 0, 200]]
      return file
    } _: { data, run in
      let trainer = try train(configuration(data, ["mask", "rooms"]), in: run)
      #expect(try abs(trivialMetric(trainer, "maxF") - 2.0 / 3) < 1e-6)
      // One class of three, which half of the pixels have.
      #expect(abs(trainer.trivial.tasks[1].primary.value - 0.5 / 3) < 1e-6)
    }
  }

  @Test func thinEdgesAreThereInSmallPictures() throws {
    let folder = SampleFolder(["lines": "{\"edges\": {}}"])
    try withFolder(folder) { _, _ in
      folder.map { row, column in row == 12 || column == 20 ? 1 : 0 }
    } _: { data, run in
      let trainer = try train(configuration(data, ["lines"], ["data.height=16", "data.width=16"]), in: run)
      // The trivial predictor says how frequent they are: 31 of 256 pixels.
      let p = 31.0 / 256
      let expected = -(0.95 * p * log(p) + 0.05 * (1 - p) * log(1 - p))
      #expect(try abs(trivialMetric(trainer, "loss") - expected) < 1e-5)
    }
  }

  @Test func aSampleMayLackATask() throws {
    let folder = SampleFolder(["mask": Self.saliency, "rooms": Self.rooms])
    try withFolder(folder) { task, sample in
      task == "mask" && sample % 2 == 0 ? nil : folder.map { row, _ in row < 16 ? 1 : 0 }
    } _: { data, run in
      let trainer = try train(configuration(data, ["mask", "rooms"]), in: run)
      #expect(trainer.completedSteps == 2 && trainer.lastEvaluation?.tasks.count == 2)
      #expect(try abs(trivialMetric(trainer, "maxF") - 2.0 / 3) < 1e-6)
    }
  }

  @Test func aTaskThatNoTrainingSampleHasIsAnError() throws {
    let folder = SampleFolder(["mask": Self.saliency, "rooms": Self.rooms])
    func write(_ has: @escaping (Int) -> Bool, _ message: String) throws {
      try withFolder(folder) { task, sample in
        task == "mask" && !has(sample) ? nil : folder.map { row, _ in row < 16 ? 1 : 0 }
      } _: { data, run in
        #expect { _ = try train(configuration(data, ["mask", "rooms"]), in: run) } throws: {
          "\($0)".contains(message)
        }
        // The other task does not mind.
        let trainer = try train(configuration(data, ["rooms"]), in: run)
        #expect(trainer.completedSteps == 2)
      }
    }
    try write({ _ in false }, "names no file for 'mask' in its samples 1 to 8")
    try write({ $0 > 5 }, "names no file for 'mask' in its samples 1 to 6")
    try write({ $0 < 6 }, "names no file for 'mask' in its samples 7 to 8")
  }

  @Test func onlyTheRunsTasksAreRead() throws {
    let folder = SampleFolder(["mask": Self.saliency, "rooms": Self.rooms])
    try withFolder(folder) { _, _ in
      folder.map { row, _ in row < 16 ? 1 : 0 }
    } _: { data, run in
      for sample in 0..<8 { try FileManager.default.removeItem(at: data.appendingPathComponent("mask\(sample).png")) }
      #expect(try train(configuration(data, ["rooms"]), in: run).completedSteps == 2)
      let evaluation = try TrainedRun(RunFolder(run), checkpoint: .last).evaluate()
      #expect(evaluation.tasks.map(\.task) == ["rooms"])
      #expect { _ = try train(configuration(data, ["mask"]), in: run.appendingPathComponent("2")) } throws: {
        "\($0)".contains("mask0.png: does not exist")
      }
    }
  }

  /// The first number is known everywhere, the second in the lower half alone.
  @Test func meansAreTakenOfKnownNumbers() throws {
    let folder = SampleFolder(["q": "{\"quantities\": {\"count\": 2}}"])
    let values = { (row: Int, column: Int) in
      [row % 2 == 0 ? 0 : 65534, row < 16 ? 65535 : column % 2 == 0 ? 13107 : 39320, 0]
    }
    try withFolder(folder) { _, _ in
      RawPNG(
        height: 32, width: 32, color: .rgb, bits: 16,
        samples: (0..<1024).flatMap { values($0 / 32, $0 % 32) })
    } _: { data, run in
      let trainer = try train(configuration(data, ["q"]), in: run)
      // Half a unit off in the first number, a fifth in the second, of which there are half as many.
      #expect(try abs(trivialMetric(trainer, "L1") - (0.5 + 0.2 / 2) / 1.5) < 1e-4)
      let drawn = try Picture(contentsOf: RunFolder(run).predictions.appendingPathComponent("0-q-truth.png"))
      guard case .bits8(let samples) = drawn.samples else { return }
      // Half bright where it is unknown.
      #expect(Array(samples.prefix(3)) == [0, 127, 0] && Array(samples.suffix(3)) == [255, 152, 0])
    }
  }

  /// The trivial predictor is right: no fraction of its error is a gain.
  @Test func theBestCheckpointIsTheBest() throws {
    let folder = SampleFolder(["depth": "{\"depth\": {}}"])
    try withFolder(folder) { _, _ in
      folder.map(bits: 16) { _, _ in 20000 }
    } _: { data, run in
      let changes = ["training.steps=60", "training.evaluateEvery=5"]
      let trainer = try train(configuration(data, ["depth"], changes), in: run)
      #expect(try trivialMetric(trainer, "rmse") == 0)
      let evaluations = try MetricsLog.read(RunFolder(run)).compactMap { record -> EvaluationRecord? in
        if case .evaluation(let evaluation) = record { evaluation } else { nil }
      }
      #expect(evaluations.count == 12)
      let smallest = try #require(evaluations.map { $0.evaluation.tasks[0].primary.value }.min())
      let best = try TrainedRun(RunFolder(run), checkpoint: .best)
      #expect(evaluations.first { $0.step == best.checkpoint.step }?.evaluation.tasks[0].primary.value == smallest)
      #expect(try best.evaluate().tasks[0].primary.value == smallest)
      let report = try String(contentsOf: RunFolder(run).report, encoding: .utf8)
      #expect(!report.contains(">nan") && !report.contains(">inf") && !report.contains("+inf"))
    }
  }

  @Test func cachesAndLimitsChangeNoLoss() throws {
    let folder = SampleFolder(["rooms": Self.rooms])
    try withFolder(folder) { _, sample in
      folder.map { row, column in (row / 8 + column / 8 + sample) % 3 }
    } _: { data, run in
      func losses(_ name: String, _ changes: [String]) throws -> [Double?] {
        let url = run.appendingPathComponent(name)
        _ = try train(configuration(data, ["rooms"], ["training.steps=6"] + changes), in: url)
        return try MetricsLog.read(RunFolder(url)).compactMap { record -> Double?? in
          if case .step(let step) = record { step.losses["rooms"] } else { nil }
        }
      }
      let cached = try losses("cached", [])
      #expect(cached.count == 6 && cached.allSatisfy { $0 != nil })
      #expect(try losses("small", ["data.cacheMegabytes=1"]) == cached)
      #expect(try losses("none", ["data.cache=false"]) == cached)
      #expect { _ = try losses("limited", ["data.pixelLimit=1000"]) } throws: {
        "\($0)".contains("more than the limit of 1000 pixels")
      }
      var built = try configuration(data, ["rooms"])
      built.data.pixelLimit = -1
      #expect { _ = try train(built, in: run.appendingPathComponent("built")) } throws: {
        "\($0)".contains("'data.pixelLimit' is -1, but has to be a whole number from 1")
      }
    }
  }
}
