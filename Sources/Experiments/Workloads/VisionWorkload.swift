import MultitaskLearning
import NeuralNetworks
import Support
import VisionData
import VisionNetworks

/// A workload of one encoder and decoders: the two kinds differ in what they predict.
protocol VisionWorkload: Workload {
  /// What the tasks are about.
  static var level: PredictionLevel { get }

  var training: VisionTraining { get }

  init(_ training: VisionTraining)
}

extension VisionWorkload {
  /// The network of encoder and decoders, with one output for each task.
  public var network: any AdaptableNetwork { training.network }
  /// The same network.
  public var multitaskNetwork: MultitaskNetwork? { training.network }

  /// Returns a note if samples are left out, the cache cannot hold all of them, decoders of earlier runs are left out, or
  /// the penalty of gates cannot move them far; nil otherwise.
  public func note() throws -> String? {
    let plan = training.plan
    let notes = [
      try training.data().note(), plan.start?.note(plan.network.decoder, tasks: training.network.tasks),
      training.network.gateNote(steps: plan.resolved.configuration.training.steps),
    ].compactMap { $0 }
    return notes.isEmpty ? nil : notes.joined(separator: "\nnote: ")
  }
  /// Opens the training data at a part of a batch, counted from 0.
  public func trainingBatches(from first: Int) throws -> any TrainingBatches {
    try training.trainingBatches(from: first)
  }
  /// Hands over batches of the training data, without augmentation.
  public func forEachTokenBatch(sampleCount: Int, _ body: (any TokenSharing) throws -> Void) throws {
    try training.forEachTokenBatch(sampleCount: sampleCount, body)
  }
  /// Returns the network's metrics on the validation data.
  public func evaluate() throws -> Evaluation { try training.evaluate() }
  /// Returns the trivial predictors' metrics on the validation data.
  public func evaluateTrivially() throws -> Evaluation { try training.evaluateTrivially() }
  /// Returns the cost of the network for an image of a size, which defaults to that of evaluations.
  public func cost(height: Int?, width: Int?) throws -> NetworkCost? {
    try training.cost(height: height, width: width)
  }
  /// Returns the cost of the network, after pruning if it has gates.
  public func finalCost() throws -> NetworkCost? { try training.finalCost() }
  /// Returns how well each task is done, from 0 to 1, in the order of the tasks.
  public func performance(_ evaluation: Evaluation) -> [Double]? {
    zip(training.bindings, evaluation.tasks).map { $0.performance($1.metrics) }
  }
  /// Writes the meaning of the tasks to a run's folder.
  public func keep(in folder: RunFolder) throws { try KeptTasks.write(training.tasks, to: folder) }
  /// Checks that the tasks mean what they meant in a run.
  ///
  /// - Throws: `FileError` that names what has changed.
  public func requireSame(asIn folder: RunFolder) throws { try KeptTasks.requireSame(training.tasks, asIn: folder) }
  /// Draws validation images, their ground truth and predictions for the report.
  public func drawSamples(in folder: RunFolder) throws {
    try Gallery.write(training.network, training.data(), to: folder)
  }
}

/// Makes a workload of one encoder and decoders.
struct VisionWorkloadFactory<Made: VisionWorkload>: WorkloadFactory {
  func networkName(_ configuration: Configuration) -> String { configuration.network.encoder }

  func tasks(_ configuration: Configuration) throws -> [String] {
    let tasks = configuration.data.tasks
    guard !tasks.isEmpty else { throw ConfigurationError("data.tasks is empty: at least one task is needed") }
    if let twice = tasks.first(where: { task in tasks.count { $0 == task } > 1 }) {
      throw ConfigurationError("data.tasks names '\(excerpt(twice))' twice")
    }
    return tasks
  }

  func check(_ resolved: ResolvedConfiguration) throws {
    try VisionPlan(resolved, about: Made.level, available: resolved.dataset.tasks()).checkGates()
  }

  func cost(_ resolved: ResolvedConfiguration, height: Int?, width: Int?) throws -> NetworkCost? {
    try VisionPlan(resolved, about: Made.level, available: resolved.dataset.tasks()).cost(height: height, width: width)
  }

  func make(_ resolved: ResolvedConfiguration) throws -> any Workload {
    let dataset = try resolved.dataset.open()
    let plan = try VisionPlan(resolved, about: Made.level, available: dataset.tasks)
    try plan.requireMemory()
    return Made(try VisionTraining(plan, DataSetup(plan, dataset)))
  }

  func restore(_ resolved: ResolvedConfiguration, from folder: RunFolder) throws -> any Workload {
    let tasks = try KeptTasks.read(from: folder, resolved)
    return Made(try VisionTraining(VisionPlan(resolved, about: Made.level, available: tasks)))
  }
}
