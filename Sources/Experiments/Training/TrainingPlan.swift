import MultitaskLearning
import NeuralNetworks
import Support

/// How a workload is trained: the method, the optimizer, how long, and how often it is looked at.
public struct TrainingPlan: Sendable {
  /// How the tasks' losses and gradients become updates.
  public var method: MultitaskMethod
  /// The rule of the updates.
  public var optimizer: any Optimizer
  /// Parameters that are optimized in ways of their own. A network's parameters are assigned to them before.
  public var groups: OptimizerGroups
  /// Nil for no clipping.
  public var clipping: GradientClipping?
  /// The base rate, which ``schedule`` multiplies.
  public var learningRate: Double
  /// The factor on ``learningRate`` over the training.
  public var schedule: LearningRateSchedule
  /// The number of steps.
  public var steps: Int
  /// Parts of a batch for one step: each counts by its labels.
  public var partCount: Int
  /// Steps between two evaluations; zero for one at the end alone.
  public var evaluateEvery: Int
  /// Steps between two checkpoints; zero for one at the end alone.
  public var checkpointEvery: Int
  /// Steps between two looks at the tasks' gradients; zero for none.
  public var observeEvery: Int
  /// What the observed gradients are taken with respect to.
  public var observedLevel: GradientLevel
  /// The seed of the network's random draws.
  public var seed: UInt64

  /// - Parameter steps: at least 1.
  public init(
    method: MultitaskMethod = MultitaskMethod(), optimizer: any Optimizer = Adam(),
    groups: OptimizerGroups = OptimizerGroups(), clipping: GradientClipping? = nil,
    learningRate: Double = 1e-3, schedule: LearningRateSchedule? = nil, steps: Int, partCount: Int = 1,
    evaluateEvery: Int = 0, checkpointEvery: Int = 0, observeEvery: Int = 0,
    observedLevel: GradientLevel = .features, seed: UInt64 = 1
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
    self.seed = seed
  }

  /// What a configuration says about the training of a network, whose parameters it puts into groups.
  ///
  /// - Throws: ``ConfigurationError`` or ``MethodError`` for what is not allowed.
  public init(_ configuration: Configuration, for network: any AdaptableNetwork) throws {
    let (training, optimizer) = (configuration.training, configuration.optimizer)
    self.init(
      method: try configuration.makeMethod(), optimizer: configuration.makeOptimizer(),
      groups: try configuration.assignOptimizerGroups(in: network.store, tasks: network.tasks),
      clipping: optimizer.clipNorm > 0 ? GradientClipping(maximumNorm: optimizer.clipNorm) : nil,
      learningRate: optimizer.learningRate, schedule: configuration.learningRateSchedule, steps: training.steps,
      partCount: training.accumulation, evaluateEvery: training.evaluateEvery,
      checkpointEvery: training.checkpointEvery, observeEvery: configuration.diagnostics.every,
      observedLevel: configuration.diagnostics.level, seed: configuration.run.seed)
  }
}
