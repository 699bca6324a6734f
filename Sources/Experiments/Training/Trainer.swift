import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Torch
import VisionData
import VisionNetworks

/// Trains the network of a configuration: asks the loader for batches, the method for steps, the evaluator for
/// metrics, and tells its observers.
public final class Trainer {
  public enum Outcome: Sendable, Equatable {
    case finished
    /// The caller wanted to stop; everything is saved.
    case stopped(step: Int)
  }

  public let configuration: Configuration
  public let folder: RunFolder
  public let network: MultitaskNetwork
  /// What the trivial predictors reach on the validation data.
  public let trivial: Evaluation
  public private(set) var lastEvaluation: Evaluation?

  let data: DataSetup
  private let optimizer: MultitaskOptimizer
  private let generator: RandomGenerator
  private let schedule: LearningRateSchedule
  private let device: Device
  private let precision: Precision
  private var step: Int
  private var bestScore: Double?

  /// How many training samples the trivial predictors look at.
  private static let trivialSampleCount = 200

  /// - Parameter isResumed: whether to go on from the folder's last checkpoint, if it has one.
  /// - Throws: everything that can be wrong with configuration, data and checkpoint, before training begins.
  public init(_ configuration: Configuration, folder: RunFolder, resuming isResumed: Bool) throws {
    try configuration.checkFields()
    self.configuration = configuration
    self.folder = folder
    Runtime.threadCount =
      configuration.run.threads > 0 ? configuration.run.threads : ProcessInfo.processInfo.activeProcessorCount
    Runtime.useDeterministicKernels()
    data = try DataSetup(configuration)
    device = try Device(parsing: configuration.run.device)
    precision = configuration.run.precision
    let hasCheckpoint = isResumed && Checkpoint.exists(.last, in: folder)
    var networkConfiguration = configuration
    if hasCheckpoint { networkConfiguration.network.weights = nil }  // The checkpoint replaces them.
    network = try MultitaskNetwork(networkConfiguration, bindings: data.bindings)
    let groups = try configuration.assignOptimizerGroups(in: network.store, tasks: network.tasks)
    generator = RandomGenerator(seed: configuration.run.seed, device: device)
    schedule = configuration.learningRateSchedule
    var method = try configuration.makeMethod()
    try method.adaptation.check(network)
    step = 0
    if hasCheckpoint {
      let checkpoint = try Checkpoint.load(.last, in: folder)
      try checkpoint.restore(&method, taskCount: network.tasks.count, in: folder)
      try checkpoint.restore(network, grownBy: method, in: folder)
      try checkpoint.restoreTraining(network.store, generator: generator, in: folder)
      step = checkpoint.step
      bestScore = checkpoint.bestScore
    }
    let clipNorm = configuration.optimizer.clipNorm
    optimizer = MultitaskOptimizer(
      network.store, method: method, optimizer: configuration.makeOptimizer(), groups: groups,
      clipping: clipNorm > 0 ? GradientClipping(maximumNorm: clipNorm) : nil)
    trivial = try Self.trivialEvaluation(data, configuration, folder, device, resuming: isResumed)
  }

  /// Steps done so far.
  public var completedSteps: Int { step }

  /// Trains to the configured number of steps.
  ///
  /// - Parameter shouldStop: asked after every step.
  /// - Throws: ``TrainingError`` when a loss or gradient is not finite (the last checkpoint stays), ``FileError``
  ///   when data cannot be read or a checkpoint not be written.
  public func run(
    observers: [any TrainingObserver] = [], shouldStop: () -> Bool = { false }
  ) throws -> Outcome {
    defer { for observer in observers { observer.finish() } }
    let training = configuration.training
    let loader = BatchLoader(
      data.training, tasks: data.bindings.map(\.task), transforms: data.trainingTransforms,
      batchSize: training.batchSize, seed: configuration.run.seed, firstBatch: step * training.accumulation,
      threads: configuration.data.threads)
    defer { loader.close() }
    try AtomicFile.write(JSONEncoder().encode(trivial), to: folder.baseline)
    Checkpoint.removeOrphans(in: folder)
    if step == 0 { try save(.last, score: nil) }
    while step < training.steps {
      if let report = try adapt() {
        let record = AdaptationRecord(step: step + 1, report: report)
        for observer in observers { try observer.observe(.adaptation(record)) }
      }
      let record = try performStep(loader)
      for observer in observers { try observer.observe(.step(record)) }
      let isLast = step == training.steps
      var score: Double?
      if isLast || isDue(training.evaluateEvery) { score = try evaluate(observers) }
      if isLast || isDue(training.checkpointEvery) { try save(.last, score: score) }
      if !isLast && shouldStop() {
        try save(.last, score: score)
        return .stopped(step: step)
      }
    }
    if lastEvaluation == nil { lastEvaluation = try evaluator.evaluate(network, precision: precision) }
    return .finished
  }

  /// Lets the network change, if it is time.
  private func adapt() throws -> AdaptationReport? {
    let training = AdaptedTraining(network: network, data: data, configuration: configuration, completedSteps: step)
    var method = optimizer.method
    defer { optimizer.method = method }
    do { return try method.adaptation.adapt(training, using: &method.generator) } catch let error as NonFiniteError {
      throw TrainingError.notFinite(error, step: step, folder: folder)
    }
  }

  private func isDue(_ interval: Int) -> Bool { interval > 0 && step % interval == 0 }

  private func performStep(_ loader: BatchLoader) throws -> StepRecord {
    let start = ContinuousClock.now
    let waitedBefore = loader.waitedSeconds
    let context = ForwardContext.training(generator)
    let objectives = BatchObjective.parts(
      try (0..<configuration.training.accumulation).map { _ in try loader.next() }, of: network, data.bindings,
      on: device, context, precision)
    let learningRate = configuration.optimizer.learningRate * schedule.factor(at: step)
    let observation = isObserved(step + 1) ? observedLevel : nil
    let report: StepReport
    do {
      report = try optimizer.step(objectives, learningRate: learningRate, observing: observation)
    } catch let error as NonFiniteError {
      throw TrainingError.notFinite(error, step: step + 1, folder: folder)
    }
    step += 1
    // What schedules learn costs nothing to know, but fills the log.
    let isNoted = step % 10 == 0 || step == configuration.training.steps
    let present = network.tasks.indices.filter { report.losses[$0] != nil }.map { (network.tasks[$0], $0) }
    return StepRecord(
      step: step, losses: Dictionary(uniqueKeysWithValues: present.map { ($0, report.losses[$1]!) }),
      weights: Dictionary(uniqueKeysWithValues: present.map { ($0, report.lossWeights[$1]) }),
      learningRate: learningRate,
      seconds: (ContinuousClock.now - start) / .seconds(1), waitSeconds: loader.waitedSeconds - waitedBefore,
      diagnostics: report.diagnostics.map(DiagnosticsRecord.init), groups: report.grouping?.groups,
      affinity: isNoted ? report.grouping?.affinity : nil,
      channelShares: isNoted ? report.channelPriorities?.mapValues(channelShares) : nil)
  }

  /// - Parameter priorities: a task for each channel.
  private func channelShares(_ priorities: [Int]) -> [Double] {
    network.tasks.indices.map { task in Double(priorities.count { $0 == task }) / Double(max(1, priorities.count)) }
  }

  /// As configured; where no features are shared, or will not be, the parameters.
  private var observedLevel: GradientLevel {
    network.featuresDependOnTask || optimizer.method.adaptation.givesTasksFeatures
      ? .parameters : configuration.diagnostics.level
  }

  private func isObserved(_ step: Int) -> Bool {
    let interval = configuration.diagnostics.every
    return interval > 0 && network.tasks.count > 1 && (step == 1 || step % interval == 0)
  }

  // MARK: Evaluation and checkpoints

  var evaluator: Evaluator { Evaluator(data, configuration, device) }

  private func evaluate(_ observers: [any TrainingObserver]) throws -> Double {
    let evaluation = try evaluator.evaluate(network, precision: precision)
    for task in evaluation.tasks where !task.loss.isFinite || !task.metrics.allSatisfy(\.value.isFinite) {
      throw TrainingError.notFinite(
        NonFiniteError(quantity: .loss, task: task.task, value: task.loss), step: step, folder: folder)
    }
    lastEvaluation = evaluation
    observePerformance(evaluation)
    let score = evaluation.score(against: trivial)
    for observer in observers {
      try observer.observe(.evaluation(EvaluationRecord(step: step, evaluation: evaluation, score: score)))
    }
    if score > bestScore ?? -.infinity {
      bestScore = score
      try save(.best, score: score)
    }
    return score
  }

  /// Tells the loss weighting how well each task is done, if it learns from that.
  private func observePerformance(_ evaluation: Evaluation) {
    guard optimizer.method.weighting.observesPerformance else { return }
    optimizer.method.weighting.observe(
      performance: zip(data.bindings, evaluation.tasks).map { $0.performance($1.metrics) })
  }

  private func save(_ name: Checkpoint.Name, score: Double?) throws {
    try Checkpoint.save(
      name, in: folder, step: step, score: score, bestScore: bestScore, network: network, method: optimizer.method,
      generator: generator)
  }

  private static func trivialEvaluation(
    _ data: DataSetup, _ configuration: Configuration, _ folder: RunFolder, _ device: Device,
    resuming isResumed: Bool
  ) throws -> Evaluation {
    if isResumed, let saved = try? Data(contentsOf: folder.baseline),
      let evaluation = try? JSONDecoder().decode(Evaluation.self, from: saved),
      evaluation.covers(data.bindings.map(\.name))
    {
      return evaluation
    }
    let predictor = try TrivialPredictor(data, count: trivialSampleCount)
    return try Evaluator(data, configuration, device).evaluate { predictor($0) }
  }
}
