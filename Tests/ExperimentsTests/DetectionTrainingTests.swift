import Foundation
import TestSupport
import Testing
import Torch
import VisionData

import Experiments

/// Training the robot-vision system.
@Suite(.serialized) struct DetectionTrainingTests {
  static func configuration(_ changes: [String] = []) throws -> Configuration {
    var configuration = Configuration()
    for change in ["workload=detection"] + NarrowDetection.settings + [
      "data.tasks=[objects]", "data.channels=rgbd", "data.trainingCount=4", "data.validationCount=2",
      "network.encoder=resnet18_quarter", "optimizer.name=sgd", "training.steps=2",
      "training.batchSize=2", "training.evaluateEvery=0", "training.checkpointEvery=0", "run.threads=2",
      "diagnostics.every=0",
    ] + changes { try configuration.apply(assignment: change) }
    return configuration
  }

  private func train(_ configuration: Configuration, in folder: URL) throws -> Trainer {
    let session = try TrainingSession(configuration, folder: RunFolder(folder), existing: .refuse)
    #expect(try session.run { false } == .finished)
    return session.trainer
  }

  /// A run that was interrupted has the same losses, parameters and results to the bit.
  @Test func scenesAreLearnedAndResumed() throws {
    try withTemporaryFolder { parent in
      let configuration = try Self.configuration(["diagnostics.every=1", "method.aggregator=pcgrad"])
      let whole = RunFolder(parent.appendingPathComponent("whole"))
      let trainer = try train(configuration, in: whole.url)
      let evaluation = try #require(trainer.lastEvaluation)
      #expect(evaluation.tasks.map(\.task) == ["boxes", "visible-masks", "amodal-masks", "occlusion"])
      #expect(evaluation.tasks.map(\.primary.name) == ["AP", "AP", "AP", "F1"])
      #expect(evaluation.tasks.allSatisfy { $0.loss > 0 && $0.loss.isFinite })
      #expect(trainer.trivial.tasks.map(\.primary.value)[..<3] == [0, 0, 0])
      let losses = try SmallRuns.steps(whole).map(\.losses)
      #expect(losses.count == 2 && losses.allSatisfy { $0.count == 7 && $0.values.allSatisfy(\.isFinite) })
      #expect(try SmallRuns.steps(whole).allSatisfy { $0.diagnostics != nil })

      let cut = RunFolder(parent.appendingPathComponent("cut"))
      #expect(try SmallRuns.train(configuration, in: cut, stoppingAt: 1) == .stopped(step: 1))
      let resumed = try TrainingSession(nil, folder: cut, existing: .resume)
      #expect(try resumed.run { false } == .finished)
      #expect(try SmallRuns.steps(cut).map(\.losses) == losses)
      let state = trainer.network.store.state
      #expect(state.count > 100)
      for (name, value) in state {
        expectClose(try #require(resumed.trainer.network.store.entry(name)), value, tolerance: 0)
      }
      let run = try TrainedRun(cut, checkpoint: .last)
      #expect(try run.evaluate() == evaluation)

      let picture = try Picture(contentsOf: cut.predictions.appendingPathComponent("0-input.png"))
      #expect { try run.predict(picture) } throws: { "\($0)".contains("--depth") }
      let depth = PixelMap(channels: 1, height: 64, width: 64, repeating: 1)
      let readings = try run.predict(InputImage(picture, depth: depth))
      #expect(readings.map(\.task) == ["objects", "objects"])
      for (_, reading) in readings {
        switch reading {
        case .picture(let drawing): #expect(drawing.height == 64 && drawing.width == 64)
        case .objects(let objects): #expect(objects.allSatisfy { $0.box.x2 <= 64 && $0.amodalMask.size.width == 64 })
        case .text(let text): Issue.record("'\(text)'")
        }
      }
    }
  }

  /// The statistics of one number are none, and an evaluation would divide by them.
  @Test func oneSmallImageIsTooLittle() throws {
    try withTemporaryFolder { folder in
      for (change, expected) in [
        ("data.trainingCount=1", true), ("training.batchSize=1", true), ("data.width=64", false),
      ] {
        let configuration = try Self.configuration(["data.height=32", "data.width=32", change])
        do {
          _ = try TrainingSession(
            configuration, folder: RunFolder(folder.appendingPathComponent(change)), existing: .refuse)
          #expect(!expected, "\(change)")
        } catch {
          #expect(expected && "\(error)".contains("images of 32×32 need training.batchSize and data.trainingCount"))
        }
      }
    }
  }

  /// All methods see the same batch with the same samples: the first step's losses are equal.
  @Test func methodsSeeTheSameSamples() throws {
    try withTemporaryFolder { parent in
      var first: [[String: Double]] = []
      let methods = [
        [], ["method.aggregator=mgda", "method.level=features"], ["method.weighting=uw"], ["method.aggregator=cosreg"],
      ]
      for (index, method) in methods.enumerated() {
        let folder = RunFolder(parent.appendingPathComponent("\(index)"))
        _ = try train(Self.configuration(["training.steps=1"] + method), in: folder.url)
        first.append(try SmallRuns.steps(folder)[0].losses)
      }
      #expect(first.count == 4 && first.allSatisfy { $0 == first[0] })
    }
  }

  /// Batches without an object, and with one that covers everything, train with every kind of method.
  @Test func extremeBatchesTrain() throws {
    try withTemporaryFolder { parent in
      let data = try DetectionFolder(parent.appendingPathComponent("data"), count: 6)
      let everything = "{\"height\": 64, \"width\": 64, \"counts\": [0, 4096]}"
      for sample in [0, 2] { try data.write("[]", sample) }
      try data.write(
        """
        [{"kind": "box", "box": [0, 0, 64, 64], "occlusion": 0, "visibleMask": \(everything), "amodalMask": \(everything)}]
        """, 1)
      let methods = ["equal", "uw", "dwa", "famo", "imtl", "nash-mtl", "cagrad", "aligned-mtl", "graddrop", "gradnorm"]
      for method in methods {
        var configuration = try Self.configuration([
          "data.folder=\(data.url.path)", "training.batchSize=1", "training.steps=4", "data.flip=false",
        ])
        try configuration.apply(method: method)
        let folder = RunFolder(parent.appendingPathComponent(method))
        let trainer = try train(configuration, in: folder.url)
        let losses = try SmallRuns.steps(folder).map(\.losses)
        #expect(losses.count == 4 && losses.contains { $0.count == 2 } && losses.contains { $0.count == 7 })
        #expect(trainer.network.store.allParameters.allSatisfy { $0.value.isFinite().all() }, "\(method)")
      }
    }
  }

  /// Sides that are no multiples of 32 are padded.
  @Test func anySize() throws {
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      let trainer = try train(
        Self.configuration(["data.height=50", "data.width=70", "training.steps=1"]), in: folder.url)
      #expect(trainer.lastEvaluation?.tasks.count == 4)
    }
  }

  @Test(arguments: [
    (["data.channels=rgb"], "data.channels has to be rgbd, but is rgb"),
    (["data.tasks=[depth]"], "data.tasks has to name it (such as [objects]), but is [depth]"),
    (["network.encoder=vit_micro"], "two encoders with maps of strides 4 to 32"),
    (["network.encoder=resnet20"], "two encoders with maps of strides 4 to 32"),
    (["network.sharing=gates"], "network.sharing is gates"), (["network.decoder=aspp"], "network.decoder is aspp"),
    (["run.precision=bfloat16"], "computes in float32"),
    (["data.depthRange=[2, 1]"], "data.depthRange is [2.0, 1.0]"),
    (["data.depthRange=[5, 9]"], "training sample 0 (from 0): 0 % of the depth lies between 5.0 m and 9.0 m"),
    (["workload.channels=0"], "'channels' is 0"),
    (["method.schedule=connection-strength"], "batch normalizations for each task"),
  ])
  func wrongConfigurationsAreNamed(_ changes: [String], _ message: String) throws {
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      #expect {
        _ = try TrainingSession(Self.configuration(changes), folder: folder, existing: .refuse)
      } throws: { "\($0)".contains(message) }
    }
  }

  /// What is wrong with data is named with file and index, before training begins.
  @Test func wrongDataAreNamed() throws {
    let full = "{\"height\": 64, \"width\": 64, \"counts\": [0, 4096]}"
    let part = "{\"height\": 64, \"width\": 64, \"counts\": [64, 4032]}"
    let empty = "{\"height\": 64, \"width\": 64, \"counts\": [4096]}"
    func object(_ visible: String, _ amodal: String, box: String = "[0, 0, 64, 64]") -> String {
      """
      [{"kind": "box", "box": \(box), "occlusion": 0, "visibleMask": \(visible), "amodalMask": \(amodal)}]
      """
    }
    let wrong: [(String, [String])] = [
      (object(full, part), ["000001.json", "object 1 is seen at pixels that are not in its amodal mask"]),
      (object(full, full, box: "[0, 0, 65, 64]"), ["000001.json", "object 1 has the box [0, 0, 65, 64]"]),
      (object(full, full, box: "[0, 0, 64]"), ["000001.json", "box of 3 numbers"]),
      (object(empty, empty), ["000001.json", "object 1 has an empty amodal mask"]),
      (object(full.replacing("4096", with: "4095"), full), ["000001.json", "do not add up to a mask of 64×64"]),
    ]
    try withTemporaryFolder { parent in
      let data = try DetectionFolder(parent.appendingPathComponent("data"), count: 4)
      func session() throws -> TrainingSession {
        try TrainingSession(
          Self.configuration(["data.folder=\(data.url.path)"]), folder: RunFolder(parent.appendingPathComponent("run")),
          existing: .overwrite)
      }
      for (text, messages) in wrong {
        try data.write(text, 1)
        #expect { _ = try session() } throws: { error in messages.allSatisfy { "\(error)".contains($0) } }
      }
      // Of an object that is not seen, a note tells.
      try data.write(object(empty, full), 1)
      #expect(try session().trainer.workload.note()?.contains("object 0 of sample 1 (both from 0)") == true)
      for sample in 0..<2 { try data.write("[]", sample) }
      #expect { _ = try session() } throws: {
        "\($0)".contains("none of the 2 training samples has an object")
      }
      for sample in 2..<4 { try data.write("[]", sample) }
      try data.write(object(full, full), 0)
      #expect { _ = try session() } throws: {
        "\($0)".contains("none of the 2 validation samples has an object")
      }
    }
  }
}

/// What is wrong with the depth of a folder is named with the file or the sample.
extension DetectionTrainingTests {
  @Test func wrongDepthIsNamed() throws {
    try withTemporaryFolder { parent in
      let data = try DetectionFolder(parent.appendingPathComponent("data"), count: 4)
      func complaint() throws -> String {
        let folder = RunFolder(parent.appendingPathComponent("run"))
        do {
          let session = try TrainingSession(
            Self.configuration(["data.folder=\(data.url.path)", "training.steps=1"]), folder: folder,
            existing: .overwrite)
          _ = try session.run { false }
          return "nothing"
        } catch { return "\(error)" }
      }
      let first = data.url.appendingPathComponent("image depth/000000.png")
      let original = try Data(contentsOf: first)
      func write(_ value: Int, side: Int) throws {
        try RawPNG(height: side, width: side, bits: 16, samples: [Int](repeating: value, count: side * side))
          .write(to: first)
      }
      try write(900, side: 64)
      let unit = try complaint()
      #expect(unit.contains("training sample 0 (from 0)") && unit.contains("10.0 times as much would fit"), "\(unit)")
      try write(0, side: 64)
      #expect(try complaint().contains("training sample 0 (from 0) has no depth at any pixel"))
      try write(9000, side: 32)
      let size = try complaint()
      #expect(size.contains("image depth/000000.png") && size.contains("32×32"), "\(size)")
      try FileManager.default.removeItem(at: first)
      #expect(try complaint().contains("image depth/000000.png"))
      try original.write(to: first)
      #expect(try complaint() == "nothing")
    }
  }
}

/// A data set folder of scenes whose objects a test can replace.
private struct DetectionFolder {
  let url: URL

  init(_ url: URL, count: Int) throws {
    self.url = url
    try DatasetWriter(url).write(
      Scenes(
        seed: 5, count: count, height: 64, width: 64, tasks: Scenes.allTasks.filter { $0.name == "objects" },
        channels: .rgbd))
  }

  func write(_ objects: String, _ sample: Int) throws {
    try Data(objects.utf8).write(to: url.appendingPathComponent("objects/00000\(sample).json"))
  }
}
