import Foundation
import MultitaskLearning
import TestSupport
import Testing
import Torch
import VisionData

import Experiments

@Suite(.serialized) struct TrainerTests {
  private func train(_ configuration: Configuration, in folder: URL) throws -> (Trainer, [LogRecord]) {
    let session = try TrainingSession(configuration, folder: RunFolder(folder), existing: .refuse)
    _ = try session.run { false }
    return (session.trainer, try MetricsLog.read(RunFolder(folder)))
  }

  private func losses(_ records: [LogRecord]) -> [[String: Double]] {
    records.steps.map(\.losses)
  }

  @Test func aRunLeavesEverythingInItsFolder() throws {
    try withTemporaryFolder { parent in
      let url = parent.appendingPathComponent("run")
      let (trainer, records) = try train(SmallRuns.evaluated(), in: url)
      #expect(records.count == 4 + 2 && trainer.completedSteps == 4)
      for file in [
        "config.yaml", "metrics.jsonl", "report.html", "trivial.json", "checkpoints/last.json", "checkpoints/best.json",
        "predictions/0-depth.png",
      ] {
        #expect(FileManager.default.fileExists(atPath: url.appendingPathComponent(file).path), "\(file)")
      }
      let tensors = try FileManager.default.contentsOfDirectory(atPath: url.appendingPathComponent("checkpoints").path)
      #expect(tensors.count { $0.hasSuffix("safetensors") } == 2)
      let report = try String(contentsOf: url.appendingPathComponent("report.html"), encoding: .utf8)
      #expect(!report.contains("http://localhost") && !report.contains("src=\"http"))
      #expect(records.steps.contains { $0.diagnostics?.cosines.count == 3 })
    }
  }

  @Test func smallerBatchesAreNoted() throws {
    func note(_ batchSize: Int) throws -> String? {
      try SmallRuns.trainer(["data.trainingCount=3", "training.batchSize=\(batchSize)"]).workload.note()
    }
    let (large, right) = (try note(4), try note(3))
    #expect(
      large
        == "training.batchSize is 4, larger than the number of samples to train on, 3: a step looks at these alone")
    #expect(right == nil)
  }

  @Test func twoTrainingsInOneFolderAreRefused() throws {
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      let session = try TrainingSession(SmallRuns.evaluated(), folder: folder, existing: .refuse)
      for existing in [TrainingSession.ExistingRun.resume, .overwrite] {
        #expect {
          _ = try TrainingSession(existing == .resume ? nil : SmallRuns.evaluated(), folder: folder, existing: existing)
        } throws: { "\($0)".contains("another process is training there") }
      }
      _ = try session.run { false }
    }
    // The lock goes with its session.
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      _ = try TrainingSession(SmallRuns.evaluated(), folder: folder, existing: .refuse).run { false }
      _ = try TrainingSession(SmallRuns.evaluated(), folder: folder, existing: .overwrite).run { false }
    }
  }

  @Test(arguments: ["equal", "uw+pcgrad", "mean", "selective-groups+dwa", "alternating", "gradnorm"])
  func theSameSeedGivesTheSameRun(_ method: String) throws {
    try withTemporaryFolder { parent in
      var configuration = try SmallRuns.evaluated()
      try configuration.apply(method: method)
      let (_, a) = try train(configuration, in: parent.appendingPathComponent("a"))
      let (_, b) = try train(configuration, in: parent.appendingPathComponent("b"))
      #expect(losses(a) == losses(b))
    }
  }

  /// Lower precision changes the losses a little.
  @Test(arguments: [
    ["network.encoder=vit-micro"], ["network.encoder=resnet18"], ["network.encoder=segnet"],
    ["network.encoder=resnet18", "network.decoder=aspp", "network.sharing=task-normalization"],
  ])
  func bfloat16ReachesEveryNetwork(_ network: [String]) throws {
    try withTemporaryFolder { parent in
      let first = try ["float32", "bfloat16"].map { precision in
        let size = ["data.height=64", "data.width=64"]  // Smaller, and two values make a batch's statistics.
        let configuration = try SmallRuns.evaluated(
          network + size + ["run.precision=\(precision)", "training.steps=1"])
        return try #require(
          losses(try train(configuration, in: parent.appendingPathComponent(precision)).1).first)
      }
      #expect(first[0] != first[1])
      for (task, loss) in first[0] { #expect(abs(loss - first[1][task]!) < 0.2 * loss, "\(task)") }
    }
  }

  @Test(arguments: [
    ["network.dropPath=0.3"], ["run.precision=bfloat16"], ["training.accumulation=2"],
    ["optimizer.name=sgd", "optimizer.clipNorm=1"],
    ["method.aggregator=sum", "method.schedule={name: selective-groups, decay: 0.2, observesLastGroup: true}"],
    [
      "method.aggregator=sum", "network.encoder=resnet18", "network.sharing=task-normalization",
      "method.schedule={name: connection-strength, epoch: 1}",
    ],
    ["method.aggregator=db-mtl"], ["method.aggregator=moco"], ["method.aggregator={name: smoothing, of: upgrad}"],
    ["method.aggregator={name: config, momentum: true}", "method.schedule=alternating"],
    ["method.weighting={name: excess-mtl, stepSize: 0.5}"],
    ["method.weighting={name: stch, epoch: 1, warmupEpoch: 0}"],
    ["method.aggregator={name: modo, batches: 3}", "training.accumulation=2", "training.batchSize=1"],
    ["network.sharing={name: gates, lambda: 1, start: 0.001, ownFraction: 0.5}"],
    ["network.sharing=gates", "network.encoder=resnet18", "method.aggregator=sum", "method.weighting=equal"],
    ["method.adaptation={name: dtme, samples: 4}"],
    [
      "method.aggregator=sum", "method.schedule=selective-groups",
      "method.adaptation={name: dtme, samples: 4, moment: 0.5, keepTokens: true, freeze: true}",
    ],
    ["method.aggregator=cagrad", "method.adaptation={name: dtme, samples: 4, modulated: 0, moment: 0}"],
    [
      "optimizer.decayNormsAndBiases=false", "optimizer.weightDecay=0.05", "optimizer.name=adamw",
      "optimizer.groups=[{parameters: \"backbone.blocks.0.*\", frozen: true}, {parameters: \"backbone.*\", learningRateFactor: 0.1}, {parameters: \"*.depth.*\", optimizer: sgd, momentum: 0.8}]",
      "method.adaptation={name: dtme, samples: 4, moment: 0.5}",
    ],
  ])
  func stoppedRunsGoOnExactly(_ changes: [String]) throws {
    try withTemporaryFolder { parent in
      let configuration = try SmallRuns.evaluated(
        ["method.weighting=uw", "method.aggregator=pcgrad", "training.checkpointEvery=0"] + changes)
      let (_, whole) = try train(configuration, in: parent.appendingPathComponent("whole"))
      let folder = RunFolder(parent.appendingPathComponent("parts"))
      for stop in [1, 3] {
        let session = try TrainingSession(
          stop == 1 ? configuration : nil, folder: folder, existing: stop == 1 ? .refuse : .resume)
        #expect(try session.run { session.trainer.completedSteps >= stop } == .stopped(step: stop))
      }
      let last = try TrainingSession(nil, folder: folder, existing: .resume)
      #expect(try last.run { false } == .finished)
      #expect(try losses(MetricsLog.read(folder)) == losses(whole))
    }
  }

  /// What was trained before optimizers had groups is evaluated, but its training does not go on.
  @Test func earlierFormatsAreNotResumed() throws {
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      do {
        let session = try TrainingSession(SmallRuns.evaluated(), folder: folder, existing: .refuse)
        _ = try session.run { session.trainer.completedSteps >= 2 }
      }
      let file = folder.checkpoints.appendingPathComponent("last.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      try text.replacing("\"format\":3", with: "\"format\":2").write(to: file, atomically: true, encoding: .utf8)
      #expect(throws: Never.self) { try TrainedRun(folder, checkpoint: .last).evaluate() }
      #expect { try TrainingSession(nil, folder: folder, existing: .resume) } throws: {
        "\($0)".contains("is of format 2") && "\($0)".contains("goes on from format 3")
      }
    }
  }

  @Test func existingRunsAreNotLost() throws {
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      _ = try train(SmallRuns.evaluated(), in: folder.url)
      #expect { try TrainingSession(SmallRuns.evaluated(), folder: folder, existing: .refuse) } throws: {
        "\($0)".contains("--resume")
      }
      #expect {
        try TrainingSession(SmallRuns.evaluated(["training.steps=9"]), folder: folder, existing: .resume)
      } throws: {
        "\($0)".contains("another one was given (there: steps: 4, now: steps: 9)")
      }
      // Without its checkpoint, the run does not start over what it logged.
      let checkpoint = folder.checkpoints.appendingPathComponent("last.json")
      let saved = try Data(contentsOf: checkpoint)
      try FileManager.default.removeItem(at: checkpoint)
      let log = try Data(contentsOf: folder.metrics)
      #expect { try TrainingSession(nil, folder: folder, existing: .resume) } throws: {
        "\($0)".contains("holds no checkpoint of the run's last step")
      }
      #expect(try Data(contentsOf: folder.metrics) == log)
      try FileManager.default.removeItem(at: folder.metrics)
      #expect { try TrainingSession(nil, folder: folder, existing: .resume) } throws: {
        "\($0)".contains("holds no checkpoint of the run's last step")
      }
      try log.write(to: folder.metrics)
      try saved.write(to: checkpoint)
      // A mistake in the configuration is found before the old run is removed.
      #expect(throws: (any Error).self) {
        try TrainingSession(SmallRuns.evaluated(["data.height=33"]), folder: folder, existing: .overwrite)
      }
      #expect(throws: (any Error).self) {
        try TrainingSession(
          SmallRuns.evaluated(["network.weights=/none.safetensors"]), folder: folder, existing: .overwrite)
      }
      #expect(Checkpoint.exists(.last, in: folder))
      // What the run did not write is left alone, and is no obstacle.
      try Data("mine".utf8).write(to: folder.url.appendingPathComponent("notes.txt"))
      let again = try TrainingSession(SmallRuns.evaluated(), folder: folder, existing: .overwrite)
      #expect(try again.run { false } == .finished)
      #expect(FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("notes.txt").path))
      let other = parent.appendingPathComponent("other")
      try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
      try Data("mine".utf8).write(to: other.appendingPathComponent("thesis.txt"))
      #expect { try TrainingSession(SmallRuns.evaluated(), folder: RunFolder(other), existing: .refuse) } throws: {
        "\($0)".contains("is not empty, and holds no run: --out names another folder")
      }
      #expect { try TrainingSession(SmallRuns.evaluated(), folder: RunFolder(other), existing: .overwrite) } throws: {
        "\($0)".contains("holds no run")
      }
      #expect { try RunFolder(folder.configuration).requireRun() } throws: {
        "\($0)".contains("is a file, but a run is a folder")
      }
    }
  }

  @Test func lossesThatAreNotFiniteStopTheRunAndKeepTheCheckpoint() throws {
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      let configuration = try SmallRuns.evaluated([
        "optimizer.learningRate=1000", "optimizer.name=sgd", "optimizer.schedule=constant", "training.steps=60",
        "training.evaluateEvery=0", "training.checkpointEvery=1", "diagnostics.every=0",
        "method.weighting={name: manual, weights: {segmentation: 1e30, depth: 1e30, normals: 1}}",
      ])
      let session = try TrainingSession(configuration, folder: folder, existing: .refuse)
      #expect { try session.run { false } } throws: { error in
        "\(error)".contains("is not finite") && "\(error)".contains("step ") && "\(error)".contains("task '")
      }
      let checkpoint = try Checkpoint.load(.last, in: folder)
      #expect(checkpoint.step == session.trainer.completedSteps)
      // What was kept is good: every number in it is finite.
      let file = try SafetensorsFile(contentsOf: folder.checkpoints.appendingPathComponent(checkpoint.tensors))
      for name in file.names { #expect(try file.tensor(name).to(.float32).isFinite().all(), "\(name)") }
    }
  }

  @Test func damagedCheckpointsAreErrors() throws {
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      _ = try train(SmallRuns.evaluated(), in: folder.url)
      let checkpoint = try Checkpoint.load(.last, in: folder)
      let tensors = folder.checkpoints.appendingPathComponent(checkpoint.tensors)
      let whole = try Data(contentsOf: tensors)
      try whole.prefix(whole.count / 2).write(to: tensors)
      #expect { try TrainingSession(nil, folder: folder, existing: .resume) } throws: { "\($0)".contains(tensors.path) }
      try Data("{".utf8).write(to: folder.checkpoints.appendingPathComponent("last.json"))
      #expect { try TrainingSession(nil, folder: folder, existing: .resume) } throws: {
        "\($0)".contains("is no checkpoint")
      }
      #expect { try TrainedRun(RunFolder(parent.appendingPathComponent("none")), checkpoint: .best) } throws: {
        "\($0)".contains("does not exist")
      }
    }
  }

  @Test func trainingFromAFolderIsLikeTrainingFromItsScenes() throws {
    try withTemporaryFolder { parent in
      let data = parent.appendingPathComponent("data").path
      let result = try Command.run(
        ["data", "scenes", "--out", data, "--count", "8", "--height", "32", "--width", "32"], in: parent)
      #expect(result.succeeded, "\(result.errors)")
      let (_, records) = try train(
        SmallRuns.evaluated(["data.folder=\(data)", "data.validationCount=2"]), in: parent.appendingPathComponent("run")
      )
      #expect(records.count == 6)
      // The network is of use where its data are not.
      let picture = try Picture(contentsOf: URL(fileURLWithPath: data).appendingPathComponent("images/000000.png"))
      try FileManager.default.moveItem(atPath: data, toPath: data + "-elsewhere")
      let run = try TrainedRun(RunFolder(parent.appendingPathComponent("run")), checkpoint: .last)
      #expect(try run.predict(picture).map(\.task) == run.configuration.data.tasks)
      #expect { try run.evaluate() } throws: { "\($0)".contains("does not exist") }
      try FileManager.default.moveItem(atPath: data + "-elsewhere", toPath: data)
      // A run that was cut off before it kept its tasks has them from its data, and keeps them when it goes on.
      try FileManager.default.removeItem(at: run.folder.tasks)
      let cut = try TrainedRun(run.folder, checkpoint: .last)
      #expect(try cut.predict(picture).map(\.task) == run.configuration.data.tasks)
      _ = try TrainingSession(nil, folder: run.folder, existing: .resume)
      #expect(FileManager.default.fileExists(atPath: run.folder.tasks.path))

      // Where nothing is known, nothing is perfect either.
      let unknown = Picture(width: 32, height: 32, channels: 1, samples: .bits16([UInt16](repeating: 0, count: 1024)))
      for name in ["000006", "000007"] {
        try unknown.write(to: URL(fileURLWithPath: data).appendingPathComponent("depth/\(name).png"))
      }
      #expect {
        _ = try train(
          SmallRuns.evaluated(["data.folder=\(data)", "data.validationCount=2"]),
          in: parent.appendingPathComponent("unknown"))
      } throws: {
        "\($0)".contains("no label of 'depth' is known in the 2 samples to evaluate on")
      }
    }
  }
}
