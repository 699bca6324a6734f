import Foundation
import MultitaskLearning
import Support
import TestSupport
import Testing
import Torch
import VisionData

import Experiments

/// Batches that lack labels, or have them unevenly.
@Suite(.serialized) struct PartialLabelTests {
  private static let side = 32

  /// A folder of random images with a depth of one meter where it is known.
  ///
  /// - Parameter known: of each sample, how many of the first pixels.
  private func writeFolder(_ known: [Int], to url: URL) throws {
    var folder = SampleFolder(["depth": #"{"depth": {}}"#, "rooms": #"{"segmentation": {"classes": ["a", "b", "c"]}}"#])
    folder.count = known.count
    try folder.write(to: url) { task, sample in
      guard task == "depth" else { return folder.map { (row, column) in (row * Self.side + column) / 7 % 3 } }
      return folder.map(bits: 16) { row, column in
        row * Self.side + column < known[sample] ? 8000 + 1000 * (sample % 5) : 0
      }
    }
  }

  private func train(
    _ folder: URL?, _ changes: [String], method: String? = nil, in run: URL
  ) throws -> (trainer: Trainer, records: [LogRecord]) {
    var configuration = Configuration()
    configuration.data.folder = folder?.path
    for change in [
      "data.validationCount=2", "data.height=32", "data.width=32", "network.encoder=vit_micro", "training.batchSize=1",
      "training.evaluateEvery=0", "diagnostics.every=0", "run.threads=2", "data.flip=false", "data.jitter=0",
    ] + changes { try configuration.apply(assignment: change) }
    if let method { try configuration.apply(method: method) }
    let session = try TrainingSession(configuration, folder: RunFolder(run), existing: .refuse)
    #expect(try session.run { false } == .finished)
    return (session.trainer, try MetricsLog.read(RunFolder(run)))
  }

  private func losses(_ records: [LogRecord]) -> [[String: Double]] {
    records.steps.map(\.losses)
  }

  private static let methods =
    // Several batches a step have labels more often.
    MethodRegistry.weightings.filter { $0.name != "manual" }
    .filter { try! $0.make(tasks: ["depth", "rooms"]).batchCount == 1 }.map(\.name)
    + MethodRegistry.aggregators.filter { try! $0.make(tasks: ["depth", "rooms"]).batchCount == 1 }.map(\.name)
    + ["alternating", "selective-groups"]

  @Test(arguments: methods) func aTaskWithoutLabelsSitsTheStepOut(_ method: String) throws {
    try withTemporaryFolder { parent in
      let data = parent.appendingPathComponent("data")
      try writeFolder([0, 500, 0, 1024, 1024, 1024], to: data)
      let (_, records) = try train(
        data, ["data.tasks=[depth, rooms]", "training.steps=8"], method: method,
        in: parent.appendingPathComponent("run"))
      let losses = losses(records)
      #expect(losses.count == 8)
      #expect(losses.allSatisfy { $0["rooms"] != nil } && losses.count { $0["depth"] == nil } == 4)
    }
  }

  /// A batch of nothing but background is known, and its loss exactly zero.
  @Test(arguments: ["gls", "famo", "gradnorm", "selective-groups", "nash-mtl", "fairgrad"])
  func aBatchOfBackgroundIsNoReasonToEnd(_ method: String) throws {
    try withTemporaryFolder { parent in
      let (_, records) = try train(
        nil,
        [
          "data.trainingCount=30", "data.height=64", "data.width=64", "data.cropHeight=16", "data.cropWidth=16",
          "data.tasks=[segmentation, saliency]", "training.steps=60",
        ], method: method, in: parent.appendingPathComponent("run"))
      #expect(losses(records).contains { $0["saliency"] == 0 })
    }
  }

  /// A batch is the same batch in parts, however unevenly labels lie in them.
  @Test(arguments: ["equal", "uw+pcgrad", "gls", "mgda"]) func partsOfABatchCountByTheirLabels(_ method: String) throws
  {
    try withTemporaryFolder { parent in
      let data = parent.appendingPathComponent("data")
      try writeFolder([16, 1024, 1024, 1024], to: data)
      let runs = try [
        ("training.batchSize=2", "training.accumulation=1"), ("training.batchSize=1", "training.accumulation=2"),
      ]
      .enumerated().map { number, sizes in
        let (trainer, records) = try train(
          data, ["data.tasks=[depth, rooms]", "training.steps=3", sizes.0, sizes.1], method: method,
          in: parent.appendingPathComponent("\(number)"))
        return (losses(records), trainer.network.store.vectors.map { $0.values.array(of: Float.self) })
      }
      for (a, b) in paired(runs[0].0, runs[1].0) {
        for task in ["depth", "rooms"] { #expect(abs(a[task]! - b[task]!) < 1e-4 * a[task]!, "\(task)") }
      }
      #expect(runs[0].0.count == 3 && runs[1].0.count == 3)
      expectClose(runs[0].1, runs[1].1, tolerance: 2e-3)
    }
  }

  @Test func theValidationLossDoesNotDependOnTheBatchSize() throws {
    try withTemporaryFolder { parent in
      let data = parent.appendingPathComponent("data")
      try writeFolder([1024, 16, 1024, 300, 5, 1024], to: data)
      let losses = try [1, 2, 4].map { size in
        let (trainer, _) = try train(
          data,
          [
            "data.tasks=[depth, rooms]", "training.steps=1", "optimizer.learningRate=0", "data.validationCount=5",
            "training.batchSize=\(size)",
          ], in: parent.appendingPathComponent("\(size)"))
        return try #require(trainer.lastEvaluation).tasks.map(\.loss)
      }
      #expect(losses.allSatisfy { $0.count == 2 })
      for other in losses.dropFirst() { expectClose(losses[0], other, tolerance: 1e-5) }
    }
  }

  @Test func famoUpdatesRunningStatisticsOncePerStep() throws {
    try withTemporaryFolder { parent in
      let counts = try ["equal", "famo"].map { method in
        let (trainer, _) = try train(
          nil,
          [
            "data.trainingCount=8", "data.tasks=[depth, normals]", "training.steps=3", "training.batchSize=2",
            "network.encoder=resnet18",
          ], method: method, in: parent.appendingPathComponent(method))
        return trainer.network.store.entry("backbone.bn1.num_batches_tracked")!.item
      }
      #expect(counts == [3, 3])
    }
  }

  /// As published: the weights follow the metrics of the evaluations.
  @Test func dynamicTaskPrioritizationFollowsMetrics() throws {
    try withTemporaryFolder { parent in
      let (_, records) = try train(
        nil,
        [
          "data.trainingCount=8", "data.tasks=[depth, normals]", "training.steps=6", "training.batchSize=2",
          "training.evaluateEvery=2", "method.weighting={name: dtp, performance: metric, alpha: 1, gamma: 0}",
        ], in: parent.appendingPathComponent("run"))
      let evaluation = try #require(
        records.compactMap { if case .evaluation(let record) = $0, record.step == 2 { record } else { nil } }.first)
      let weights = try #require(
        records.compactMap { if case .step(let record) = $0, record.step == 3 { record.weights } else { nil } }.first)
      for (task, name, scale) in [("depth", "δ1", 1.0), ("normals", "30°", 100)] {
        let metrics = try #require(evaluation.evaluation.tasks.first { $0.task == task }).metrics
        let performance = try #require(metrics.first { $0.name == name }).value / scale
        #expect(abs(weights[task]! + log(min(max(performance, 1e-3), 1 - 1e-3))) < 1e-9)
      }
    }
  }

  @Test func metricsNeedEvaluations() throws {
    var configuration = Configuration()
    for change in ["training.evaluateEvery=0", "method.weighting={name: dtp, performance: metric}"] {
      try configuration.apply(assignment: change)
    }
    #expect { try configuration.check(availableTasks: Scenes.allTasks) } throws: {
      "\($0)".contains("training.evaluateEvery has to be above 0")
    }
  }
}
