import NeuralNetworks
import Support
import Torch

/// Trains the parameters of a store with a method: one call per batch.
public final class MultitaskOptimizer {
  /// The parameters that are trained.
  public let store: ParameterStore
  /// The method, with everything that it has learned.
  public var method: MultitaskMethod
  /// The rule of the updates, with the rules of groups.
  public let optimizer: GroupedOptimizer
  /// How gradients are clipped; nil if they are not.
  public let clipping: GradientClipping?

  private let workspace = GradientWorkspace()
  private let ledger = ReachLedger()

  /// Lays the store out for the groups (`layOut(for:)`): a store has one optimizer at a
  /// time.
  ///
  /// - Parameters:
  ///   - store: the parameters that are trained.
  ///   - method: the method, in the state in which training begins.
  ///   - optimizer: the rule for every parameter of which no group says otherwise.
  ///   - groups: the groups of parameters that are optimized in their own way; there are none by default.
  ///   - clipping: the clipping of the gradients of all parameters together; nil for no limit.
  public init(
    _ store: ParameterStore, method: MultitaskMethod, optimizer: any Optimizer,
    groups: OptimizerGroups = OptimizerGroups(), clipping: GradientClipping? = nil
  ) {
    store.layOut(for: groups)
    self.store = store
    self.method = method
    self.optimizer = GroupedOptimizer(optimizer, groups)
    self.clipping = clipping
  }

  /// Performs one step.
  ///
  /// An update that fails is not applied, and a step that fails leaves ``method`` as it was. With a schedule of one update
  /// a step, no parameter has changed then. With several updates a step, those before the failing one stay applied:
  /// parameters and what optimizers keep for them are where these updates left them.
  ///
  /// - Parameters:
  ///   - objectives: the network on one batch, or on the parts of a batch that is too large for the memory: a part's loss
  ///     counts by its number of labels.
  ///   - learningRate: the learning rate of the step, which groups may multiply.
  ///   - observation: where the tasks' gradients are looked at for the report, or nil. A look costs a backward pass for
  ///     each task, through the decoders or the whole network, where the method does not need them anyway; it changes
  ///     nothing. A step is not looked at if a task lacks labels in a part of the batch.
  ///   - seesLayers: whether a look at parameters shows each layer, too; defaults to false.
  /// - Throws: ``NonFiniteError`` naming a task, ``MethodError`` from the method, or naming a parameter whose
  ///   declared scope the network's graph contradicts.
  public func step(
    _ objectives: [any MultitaskObjective], learningRate: Double, observing observation: GradientLevel? = nil,
    layers seesLayers: Bool = false
  ) throws -> StepReport {
    require(!objectives.isEmpty, "a step needs a batch")
    var method = self.method
    var schedule = method.schedule
    let (objectives, partWeights) = try lookAhead(objectives, learningRate: learningRate, &method.weighting)
    let update = MultitaskUpdate(
      objectives: objectives, store: store, workspace: workspace, ledger: ledger, optimizer: optimizer,
      clipping: clipping, learningRate: learningRate, method: method, partWeights: partWeights)
    guard !update.presentTasks.isEmpty else { return update.emptyReport }
    let seen = try observation.flatMap {
      try update.prepareLook(at: $0, seeingLayers: seesLayers, isJoint: !schedule.updatesSubsets)
    }
    var report = try schedule.step(update)
    report.diagnostics = report.diagnostics ?? seen
    report.penalty = update.penaltyValue
    method.schedule = schedule
    defer { self.method = method }
    method.weighting = update.weighting
    method.aggregator = update.aggregator
    method.generator = update.generator
    return report
  }

  /// Lets a weighting of several batches learn from them.
  ///
  /// - Returns: the parts of the batch that the step is made on, and what the losses of each part count for if the weighting
  ///   says it.
  private func lookAhead(
    _ objectives: [any MultitaskObjective], learningRate: Double, _ weighting: inout any LossWeighting
  ) throws -> ([any MultitaskObjective], partWeights: [[Double]]?) {
    let count = weighting.batchCount
    guard count > 1 else { return (objectives, nil) }
    guard objectives.count.isMultiple(of: count) else {
      throw MethodError(
        "\(type(of: weighting)) takes \(count) batches in a step, of equally many parts, but there are \(objectives.count) parts"
      )
    }
    let length = objectives.count / count
    let batches = (0..<count).map { Array(objectives[$0 * length..<($0 + 1) * length]) }
    let lookahead = Lookahead(batches, store: store, optimizer: optimizer, learningRate: learningRate)
    defer { lookahead.restore() }
    guard let weights = try weighting.learn(from: lookahead) else { return (batches[0], nil) }
    let tasks = objectives[0].tasks.indices
    let shares = LabelShares(objectives.map(\.labelCounts), taskCount: tasks.count)
    return (
      objectives,
      objectives.indices.map { part in
        let batch = part / length
        return tasks.map { task in
          // A loss is a mean over the labels of its own batch.
          weights[batch][task] / (batch * length..<(batch + 1) * length).reduce(0) { $0 + shares[$1, task] }
        }
      }
    )
  }
}
