import MultitaskLearning
import NeuralNetworks
import Support

/// How a workload is trained: the method, the optimizer, its length, and how often it is observed.
public struct TrainingPlan: Sendable {
  /// The multi-task method, in its initial state.
  public var method: MultitaskMethod
  /// The rule for parameters that no group optimizes in another way.
  public var optimizer: any Optimizer
  /// Groups of parameters with rules of their own. The network's parameters have to be assigned to them already.
  public var groups: OptimizerGroups
  /// The clipping of the gradient; nil if there is none.
  public var clipping: GradientClipping?
  /// The base rate, which ``schedule`` multiplies.
  public var learningRate: Double
  /// The learning rate's course over the training, as factors on ``learningRate``.
  public var schedule: LearningRateSchedule
  /// The number of steps, at least 1.
  public var steps: Int
  /// The number of parts of a step's batch, each of which counts by its labels.
  public var partCount: Int
  /// The number of steps between two evaluations; zero for a single one at the end.
  public var evaluateEvery: Int
  /// The number of steps between two checkpoints; zero for a single one at the end.
  public var checkpointEvery: Int
  /// The number of steps between two observations of the tasks' gradients; zero turns them off.
  public var observeEvery: Int
  /// The level of the observed gradients; `GradientLevel/parameters` is used where tasks share no features.
  public var observedLevel: GradientLevel
  /// Whether conflicts of the tasks' gradients are counted in every layer and step; all observations are of parameters
  /// then.
  public var countsLayerConflicts: Bool
  /// The seed of the network's random draws.
  public var seed: UInt64

  /// Creates a plan. Fewer than one step or one part of a batch stop the process.
  public init(
    method: MultitaskMethod = MultitaskMethod(), optimizer: any Optimizer = Adam(),
    groups: OptimizerGroups = OptimizerGroups(), clipping: GradientClipping? = nil,
    learningRate: Double = 1e-3, schedule: LearningRateSchedule? = nil, steps: Int, partCount: Int = 1,
    evaluateEvery: Int = 0, checkpointEvery: Int = 0, observeEvery: Int = 0,
    observedLevel: GradientLevel = .features, countsLayerConflicts: Bool = false, seed: UInt64 = 1
  ) {
    require(steps > 0 && partCount > 0, "a training of \(steps) steps with batches of \(partCount) parts")
    self.method = method
    self.optimizer = optimizer
    self.groups = groups
    self.clipping = clipping
    self.learningRate = learningRate
    self.schedule = schedule ?? LearningRateSchedule(.constant, totalSteps: steps)
    self.steps = steps
    self.partCount = partCount
    self.evaluateEvery = evaluateEvery
    self.checkpointEvery = checkpointEvery
    self.observeEvery = observeEvery
    self.observedLevel = observedLevel
    self.countsLayerConflicts = countsLayerConflicts
    self.seed = seed
  }

  /// What a configuration says about the training of a network, whose parameters it puts into groups.
  ///
  /// - Throws: ``ConfigurationError`` for groups that do not fit the network's parameters.
  public init(_ resolved: ResolvedConfiguration, for network: any AdaptableNetwork) throws {
    let (configuration, optimizer) = (resolved.configuration, resolved.optimizer)
    try optimizer.assignGroups(in: network.store, tasks: network.tasks)
    self.init(
      method: resolved.method, optimizer: optimizer.rule, groups: optimizer.groups, clipping: optimizer.clipping,
      learningRate: optimizer.learningRate, schedule: optimizer.schedule, steps: configuration.training.steps,
      partCount: configuration.training.accumulation, evaluateEvery: configuration.training.evaluateEvery,
      checkpointEvery: configuration.training.checkpointEvery, observeEvery: configuration.diagnostics.every,
      observedLevel: configuration.diagnostics.level, countsLayerConflicts: configuration.diagnostics.layers,
      seed: configuration.run.seed)
  }
}
