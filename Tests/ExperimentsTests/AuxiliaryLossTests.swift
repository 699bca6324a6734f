import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch
import VisionNetworks

import Experiments

/// A linear map for each task, whose prediction is handed out a second time, as one from within the network.
private struct RepeatingDecoders: TaskDecoders {
  let maps: [Convolution]

  init(_ root: ParameterPath, _ request: DecoderRequest) {
    maps = request.outputs.map { output in
      let path = root["heads"][output.task].reached(by: .task(output.task))
      return Convolution(path, from: request.featureChannels[0], to: output.channels, kernel: 1)
    }
  }

  func callAsFunction(
    _ features: Features, for tasks: [Int], size: (height: Int, width: Int), _ context: ForwardContext
  ) -> [TaskPrediction] {
    tasks.map { task in
      let map = maps[task](features.maps(of: task)[0], context)
      let output = map.resized(height: size.height, width: size.width, .bilinear)
      return TaskPrediction(output, auxiliary: [AuxiliaryPrediction("again", weight: 0.5, output)])
    }
  }

  static let entry = DecoderEntry("repeating", summary: "Predictions that are trained twice.", paper: "a test") {
    RepeatingDecoders($0, $1)
  }
}

/// Losses of predictions from within the network are logged and shown by name.
@Suite(.serialized) struct AuxiliaryLossTests {
  private static func steps(
    decoder: String = "repeating", _ changes: [String], in folder: RunFolder
  ) throws -> [StepRecord] {
    var configuration = Configuration()
    for change in [
      "network.decoder=\(decoder)", "data.trainingCount=8", "data.validationCount=2", "data.height=32",
      "data.width=32", "network.encoder=vit_micro", "data.tasks=[depth, edges]", "training.steps=3",
      "training.evaluateEvery=0", "run.threads=2", "diagnostics.every=2", "method.weighting=uw",
      "method.aggregator=pcgrad", "data.flip=false", "data.jitter=0",
    ] + changes { try configuration.apply(assignment: change) }
    _ = try TrainingSession(configuration, folder: folder, existing: .refuse).run { false }
    return try MetricsLog.read(folder).steps
  }

  /// In a process of its own: what is registered stays.
  @Test func theyAreLoggedAndShown() async {
    await #expect(processExitsWith: .success) {
      try DecoderRegistry.shared.add(RepeatingDecoders.entry)
      let parent = FileManager.default.temporaryDirectory.appendingPathComponent("polymath-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: parent) }
      let whole = RunFolder(parent.appendingPathComponent("whole"))
      let steps = try AuxiliaryLossTests.steps(["training.batchSize=4"], in: whole)
      try #require(steps.count == 3)
      for step in steps {
        let inner = try #require(step.auxiliaryLosses)
        try #require(inner.keys.sorted() == ["depth/again", "edges/again"])
        for (task, loss) in step.losses {
          let again = try #require(inner["\(task)/again"])
          // The output's own loss, and half of the same.
          try #require(abs(1.5 * again - loss) < 1e-5 * loss, "\(task): \(again), \(loss)")
        }
      }
      let report = try String(contentsOf: whole.report, encoding: .utf8)
      try #require(report.contains("depth/again") || report.contains("depth\\/again"))
      let events = try FileManager.default.contentsOfDirectory(atPath: whole.tensorBoard.path)
        .map { try Data(contentsOf: whole.tensorBoard.appendingPathComponent($0)) }.reduce(Data(), +)
      try #require(events.firstRange(of: Data("loss/edges/again".utf8)) != nil)

      // Parts of a batch count by their labels.
      let parts = try AuxiliaryLossTests.steps(
        ["training.batchSize=2", "training.accumulation=2"], in: RunFolder(parent.appendingPathComponent("parts")))
      for (name, loss) in try #require(steps[0].auxiliaryLosses) {
        let other = try #require(parts[0].auxiliaryLosses?[name])
        try #require(abs(other - loss) < 1e-4 * loss, "\(name): \(other), \(loss)")
      }

      // A log of other tasks is not this run's.
      let log = try String(contentsOf: whole.metrics, encoding: .utf8)
      try Data(log.replacing("edges/again", with: "normals/again").utf8).write(to: whole.metrics)
      try #require(throws: FileError.self) { try RunReport(whole).write() }
    }
  }

  @Test func networksWithoutThemLogNone() throws {
    try withTemporaryFolder { parent in
      let folder = RunFolder(parent.appendingPathComponent("run"))
      let steps = try Self.steps(decoder: "multi-scale", ["training.batchSize=2"], in: folder)
      #expect(steps.count == 3 && steps.allSatisfy { $0.auxiliaryLosses == nil })
      #expect(try !String(contentsOf: folder.metrics, encoding: .utf8).contains("auxiliaryLosses"))
    }
  }
}
