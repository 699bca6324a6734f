import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Torch
import VisionNetworks

/// Trains a workload: asks it for batches, the method for steps, the workload for metrics, and tells its observers.
public final class Trainer {
  /// How a training ended.
  public enum Outcome: Sendable, Equatable {
    /// All steps are done.
    case finished
    /// The caller asked to stop after this step; everything is saved.
    case stopped(step: Int)
  }

  /// The workload that is trained.
  public let workload: any Workload
  /// The plan of the training.
  public let plan: TrainingPlan
  /// The folder in which checkpoints are saved.
  public let folder: RunFolder
  /// The results of the trivial predictors on the validation data.
  public let trivial: Evaluation
  /// The most recent evaluation; nil before the first.
  public private(set) var lastEvaluation: Evaluation?

  private let optimizer: MultitaskOptimizer
  private let generator: RandomGenerator
  private var step: Int
  private var bestScore: Double?
  /// What the plan wants counted; nil if it does not.
  private var layerConflicts: LayerConflicts?

  /// Prepares a training, and evaluates the trivial predictors.
  ///
  /// - Parameters:
  ///   - workload: the workload to train.
  ///   - plan: the plan of the training.
  ///   - folder: the folder for checkpoints.
  ///   - isResumed: whether to continue from the folder's last checkpoint, if it has one.
  /// - Throws: Everything that can be wrong with workload, plan and checkpoint, before training begins.
  public init(_ workload: any Workload, _ plan: TrainingPlan, folder: RunFolder, resuming isResumed: Bool = false)
    throws
  {
    Runtime.useDeterministicKernels()
    self.workload = workload
    self.plan = plan
    self.folder = folder
    let (network, store) = (workload.network, workload.network.store)
    // A checkpoint holds the optimizer's state in the layout of the groups.
    let groups = plan.groups.completed(by: network.optimizerGroups)
    store.layOut(for: groups)
    generator = RandomGenerator(seed: plan.seed, device: store.device)
    var method = plan.method
    try method.adaptation.check(network)
    step = 0
    layerConflicts = plan.countsLayerConflicts ? LayerConflicts(of: store) : nil
    if isResumed && Checkpoint.exists(.last, in: folder) {
      let checkpoint = try Checkpoint.load(.last, in: folder)
      try checkpoint.restore(&method, taskCount: network.tasks.count, in: folder)
      try checkpoint.restore(network, grownBy: method, in: folder)
      try checkpoint.restoreTraining(store, generator: generator, in: folder)
      step = checkpoint.step
      bestScore = checkpoint.bestScore
      layerConflicts = layerConflicts.map { checkpoint.layerConflicts ?? $0 }
    }
    optimizer = MultitaskOptimizer(
      store, method: method, optimizer: plan.optimizer, groups: groups, clipping: plan.clipping)
    let known = isResumed ? try Self.trivialEvaluation(in: folder, of: workload) : nil
    trivial = try known ?? workload.evaluateTrivially()
  }

  /// The network of the workload.
  public var network: any AdaptableNetwork { workload.network }

  /// Into how many parts the batches of a step are cut: a method may take several batches.
  private var partCount: Int { plan.partCount * plan.method.batchCount }

  /// The number of steps done so far.
  public var completedSteps: Int { step }
  /// Whether all steps are completed.
  public var isFinished: Bool { completedSteps >= plan.steps }

  /// Trains to the configured number of steps.
  ///
  /// - Parameters:
  ///   - observers: the objects that follow the training.
  ///   - shouldStop: whether the training is to end early; it is asked after every step.
  /// - Throws: ``TrainingError`` when a loss or gradient is not finite (the last checkpoint stays), `FileError`
  ///   when data cannot be read or a checkpoint not be written.
  public func run(
    observers: [any TrainingObserver] = [], shouldStop: () -> Bool = { false }
  ) throws -> Outcome {
    defer { for observer in observers { observer.finish() } }
    try folder.create()
    let batches = try workload.trainingBatches(from: step * partCount)
    defer { batches.close() }
    try AtomicFile.write(JSONEncoder().encode(trivial), to: folder.baseline)
    Checkpoint.removeOrphans(in: folder)
    if step == 0 { try save(.last, score: nil) }
    while step < plan.steps {
      if let report = try adapt() {
        let record = AdaptationRecord(step: step + 1, report: report)
        for observer in observers { try observer.observe(.adaptation(record)) }
      }
      let record = try performStep(batches)
      for observer in observers { try observer.observe(.step(record)) }
      let isLast = step == plan.steps
      var score: Double?
      if isLast || isDue(plan.evaluateEvery) { score = try evaluate(observers) }
      if isLast || isDue(plan.checkpointEvery) { try save(.last, score: score) }
      if !isLast && shouldStop() {
        try save(.last, score: score)
        return .stopped(step: step)
      }
    }
    if lastEvaluation == nil { lastEvaluation = try workload.evaluate() }
    return .finished
  }

  /// Lets the network change, if it is time.
  private func adapt() throws -> AdaptationReport? {
    let training = AdaptedTraining(workload: workload, completedSteps: step, totalSteps: plan.steps)
    var method = optimizer.method
    defer { optimizer.method = method }
    do { return try method.adaptation.adapt(training, using: &method.generator) } catch let error as NonFiniteError {
      throw TrainingError.notFinite(error, step: step, folder: folder)
    }
  }

  private func isDue(_ interval: Int) -> Bool { interval > 0 && step % interval == 0 }

  private func performStep(_ batches: any TrainingBatches) throws -> StepRecord {
    let start = ContinuousClock.now
    let waitedBefore = batches.waitedSeconds
    let progress = Double(step) / Double(plan.steps)
    let objectives = try batches.next(partCount: partCount, .training(generator, progress: progress))
    let learningRate = plan.learningRate * plan.schedule.factor(at: step)
    network.willStep(step, of: plan.steps)
    let (isObserved, countsLayers) = (isObserved(step + 1), layerConflicts != nil)
    let observation = countsLayers ? .parameters : isObserved ? observedLevel(of: objectives) : nil
    let report: StepReport
    do {
      report = try optimizer.step(objectives, learningRate: learningRate, observing: observation, layers: countsLayers)
    } catch let error as NonFiniteError {
      throw TrainingError.notFinite(error, step: step + 1, folder: folder)
    }
    network.didStep()
    step += 1
    if let seen = report.diagnostics { layerConflicts?.count(seen.layers) }
    // What schedules learn costs nothing to know, but fills the log.
    let isNoted = step % 10 == 0 || step == plan.steps
    let auxiliary = batches.auxiliaryLosses
    let present = network.tasks.indices.filter { report.losses[$0] != nil }.map { (network.tasks[$0], $0) }
    return StepRecord(
      step: step, losses: Dictionary(uniqueKeysWithValues: present.map { ($0, report.losses[$1]!) }),
      auxiliaryLosses: auxiliary.isEmpty ? nil : auxiliary, penalty: report.penalty,
      weights: Dictionary(uniqueKeysWithValues: present.map { ($0, report.lossWeights[$1]) }),
      learningRate: learningRate,
      seconds: (ContinuousClock.now - start) / .seconds(1), waitSeconds: batches.waitedSeconds - waitedBefore,
      diagnostics: isObserved ? report.diagnostics.map(DiagnosticsRecord.init) : nil, groups: report.grouping?.groups,
      affinity: isNoted ? report.grouping?.affinity : nil,
      channelShares: isNoted ? report.channelPriorities?.mapValues(channelShares) : nil,
      gates: isNoted ? network.gateState : nil)
  }

  /// - Parameter priorities: a task for each channel.
  private func channelShares(_ priorities: [Int]) -> [Double] {
    network.tasks.indices.map { task in Double(priorities.count { $0 == task }) / Double(max(1, priorities.count)) }
  }

  /// As configured; where no features are shared, or will not be, the parameters.
  private func observedLevel(of objectives: [any MultitaskObjective]) -> GradientLevel {
    let sharesFeatures = objectives.allSatisfy { $0.featureKind == .shared }
    return sharesFeatures && !optimizer.method.adaptation.givesTasksFeatures ? plan.observedLevel : .parameters
  }

  private func isObserved(_ step: Int) -> Bool {
    let interval = plan.observeEvery
    return interval > 0 && network.tasks.count > 1 && (step == 1 || step % interval == 0)
  }

  // MARK: Evaluation and checkpoints

  private func evaluate(_ observers: [any TrainingObserver]) throws -> Double {
    let evaluation = try workload.evaluate()
    for task in evaluation.tasks {
      if let error = TrainingError.notFinite(task, step: step, folder: folder) { throw error }
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
    guard let performance = workload.performance(evaluation) else { return }
    optimizer.method.weighting.observe(performance: performance)
  }

  private func save(_ name: Checkpoint.Name, score: Double?) throws {
    try Checkpoint.save(
      name, in: folder, step: step, score: score, bestScore: bestScore, network: network, method: optimizer.method,
      generator: generator, layerConflicts: layerConflicts)
    try layerConflicts?.write(toRun: folder.url)
  }

  /// What a run has kept of the trivial predictors' results; nil if that is not there.
  ///
  /// - Throws: `FileError` if the file holds something else: scores compare with it, task by task.
  private static func trivialEvaluation(in folder: RunFolder, of workload: any Workload) throws -> Evaluation? {
    guard FileManager.default.fileExists(atPath: folder.baseline.path) else { return nil }
    guard let saved = try? Data(contentsOf: folder.baseline),
      let evaluation = try? JSONDecoder().decode(Evaluation.self, from: saved),
      evaluation.covers(workload.evaluatedNames)
    else {
      throw FileError(
        folder.baseline,
        "does not hold what the trivial predictors reach in the run's tasks: without this file, it is found again")
    }
    return evaluation
  }
}
