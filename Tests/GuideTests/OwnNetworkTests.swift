import Experiments
import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch
import VisionData
import VisionNetworks

/// The parts of the example package: what a library user adds, each in a file of its own.
@Suite(.serialized) struct OwnNetworkTests {
  private func boxPlan(steps: Int, aggregator: any GradientAggregator = GradientSum()) -> TrainingPlan {
    TrainingPlan(
      method: MultitaskMethod(aggregator: aggregator, seed: 3), optimizer: Adam(), steps: steps, checkpointEvery: 5,
      observeEvery: 4)
  }

  private func train(
    _ folder: RunFolder, steps: Int, resuming: Bool = false, stopAfter: Int? = nil,
    aggregator: any GradientAggregator = GradientSum()
  ) throws -> (trainer: Trainer, values: [[Float]]) {
    let workload = BoxWorkload(seed: 5)
    let trainer = try Trainer(
      workload, boxPlan(steps: steps, aggregator: aggregator), folder: folder, resuming: resuming)
    let outcome = try trainer.run { stopAfter.map { trainer.completedSteps >= $0 } ?? false }
    #expect(outcome == (stopAfter.map { .stopped(step: $0) } ?? .finished))
    return (trainer, workload.network.store.vectors.map { $0.values.array() })
  }

  /// Two losses over one set of boxes, trained without any configuration.
  @Test func workloadsOfOnesOwnTrainAndResumeExactly() throws {
    try withTemporaryFolder { parent in
      let whole = try train(RunFolder(parent.appendingPathComponent("whole")), steps: 12, aggregator: PCGrad())
      let cut = RunFolder(parent.appendingPathComponent("cut"))
      _ = try train(cut, steps: 12, stopAfter: 7, aggregator: PCGrad())
      let resumed = try train(cut, steps: 12, resuming: true, aggregator: PCGrad())
      #expect(whole.values.map(\.count).count == 3 && resumed.values == whole.values)
      #expect(resumed.trainer.lastEvaluation == whole.trainer.lastEvaluation)
      #expect(whole.trainer.lastEvaluation?.tasks.map(\.task) == ["center", "sides"])
    }
  }

  /// The checkpoint holds what optimizers keep in the layout of the groups.
  @Test func plansWithGroupsResumeExactly() throws {
    func train(_ folder: RunFolder, resuming: Bool = false, stopAfter: Int? = nil) throws -> [[Float]] {
      let workload = BoxWorkload(seed: 5)
      let plan = TrainingPlan(
        optimizer: SGD(momentum: 0.9, weightDecay: 0.1), groups: OptimizerGroups(decaysNormsAndBiases: false),
        learningRate: 0.05, steps: 8)
      let trainer = try Trainer(workload, plan, folder: folder, resuming: resuming)
      _ = try trainer.run { stopAfter.map { trainer.completedSteps >= $0 } ?? false }
      return workload.network.store.allParameters.map { $0.value.array() }
    }
    try withTemporaryFolder { parent in
      let whole = try train(RunFolder(parent.appendingPathComponent("whole")))
      let cut = RunFolder(parent.appendingPathComponent("cut"))
      _ = try train(cut, stopAfter: 4)
      #expect(whole.count > 6)
      #expect(try train(cut, resuming: true) == whole)
    }
  }

  @Test func workloadsOfOnesOwnLearn() throws {
    try withTemporaryFolder { parent in
      let trainer = try train(RunFolder(parent), steps: 150, aggregator: EqualLengths()).trainer
      let last = try #require(trainer.lastEvaluation)
      for (task, trivial) in paired(last.tasks, trainer.trivial.tasks) {
        #expect(task.primary.value < 0.8 * trivial.primary.value, "\(task.task)")
      }
    }
  }

  /// Half of the samples say nothing about the distance, so that whole batches of one sample do not.
  private static let stripes = """
    data: {reader: stripes, tasks: [color, distance], height: 16, width: 16, trainingCount: 16, validationCount: 4}
    network: {encoder: pyramid, decoder: talking-heads}
    training: {steps: 6, batchSize: 1, evaluateEvery: 0}
    optimizer: {learningRate: 0.0001}
    diagnostics: {every: 2}
    run: {threads: 2}
    """

  /// In a process of its own: what is registered stays.
  @Test func everyMethodTrainsTasksThatAreOftenWithoutLabels() async {
    await #expect(processExitsWith: .success) {
      try registerOwnParts()
      let parent = FileManager.default.temporaryDirectory.appendingPathComponent("polymath-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: parent) }
      let methods = MethodRegistry.names(of: .weighting) + MethodRegistry.names(of: .aggregator) + ["one-task-a-step"]
      for method in methods {
        var configuration = try Configuration(yaml: OwnNetworkTests.stripes)
        try configuration.apply(method: method)
        switch method {
        case "manual": try configuration.apply(assignment: "method.weighting.weights={color: 1, distance: 2}")
        case "dtp": configuration.training.evaluateEvery = 3
        default: break
        }
        let folder = RunFolder(parent.appendingPathComponent(method))
        let session = try TrainingSession(configuration, folder: folder, existing: .refuse)
        try #require(try session.run { false } == .finished, "\(method)")
        let steps = try MetricsLog.read(folder).compactMap { record -> StepRecord? in
          if case .step(let step) = record { step } else { nil }
        }
        let counts = Set(steps.map(\.losses.count))
        // Several batches a step have labels more often.
        let batchCount = session.trainer.plan.method.batchCount
        try #require(steps.count == 6 && (batchCount > 1 || counts.contains(1)), "\(method): \(counts)")
        try #require(steps.allSatisfy { $0.losses.values.allSatisfy(\.isFinite) }, "\(method)")
      }
    }
  }

  @Test func registeredPartsServeConfigurations() async {
    await #expect(processExitsWith: .success) {
      try registerOwnParts()
      try #require(NetworkCatalogue.overview.contains("talking-heads"))
      try #require(try NetworkCatalogue.description(of: "pyramid").contains("multiples of 8"))
      var configuration = try Configuration(yaml: OwnNetworkTests.stripes)
      configuration.network.sharing = MethodChoice("task-normalization")
      configuration.training.batchSize = 4
      configuration.method.aggregator = MethodChoice("equal-lengths")
      let parent = FileManager.default.temporaryDirectory.appendingPathComponent("polymath-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: parent) }
      let session = try TrainingSession(configuration, folder: RunFolder(parent), existing: .refuse)
      try #require(try session.run { false } == .finished)
      let run = try TrainedRun(RunFolder(parent), checkpoint: .last)
      try #require(try run.evaluate() == session.trainer.lastEvaluation)

      var boxes = Configuration()
      try boxes.apply(assignment: "workload=boxes")
      boxes.training.steps = 3
      boxes.training.evaluateEvery = 0
      // The method is made for the workload's losses.
      try boxes.apply(assignment: "method.weighting={name: manual, weights: {center: 1, sides: 2}}")
      let other = RunFolder(parent.appendingPathComponent("boxes"))
      let own = try TrainingSession(boxes, folder: other, existing: .refuse)
      try #require(try own.run { false } == .finished)
      let trained = try TrainedRun(other, checkpoint: .last)
      try #require(try trained.evaluate() == own.trainer.lastEvaluation)
      let gray = Picture(width: 2, height: 2, channels: 1, samples: .bits8([9, 9, 9, 9]))
      try #require(throws: ConfigurationError.self) { try trained.predict(gray) }
    }
  }

  @Test func loopsOfOnesOwnTakeAnyAggregator() throws {
    // The sum of two squared distances is least in the middle.
    let middle = try ownLoop(GradientSum(), steps: 200)
    #expect(middle.count == 2 && middle.allSatisfy { abs($0 - 1.25) < 1e-3 }, "\(middle)")
    let cone = try ownLoop(UPGrad(), steps: 400)
    #expect(cone.count == 2 && cone.allSatisfy { $0 < 5 }, "\(cone)")
  }
}
