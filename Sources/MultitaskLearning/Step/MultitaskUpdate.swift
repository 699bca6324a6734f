import NeuralNetworks
import Support
import Torch

/// What an ``UpdateSchedule`` works with in one step: the batch, the method's other parts, and the
/// elementary moves of training (forward, backward, update).
public final class MultitaskUpdate {
  /// The network on the parts of the batch.
  public let objectives: [any MultitaskObjective]
  /// The parameters that are trained.
  public let store: ParameterStore
  /// The learning rate of the step.
  public let learningRate: Double
  /// The method's weighting, which learns during the step.
  public internal(set) var weighting: any LossWeighting
  /// The method's aggregator, which may remember gradients.
  public internal(set) var aggregator: any GradientAggregator
  /// The source of the method's random choices.
  public var generator: SeededGenerator

  let level: GradientLevel
  let scale: MethodScale
  let shares: LabelShares
  /// What the losses of each part and task count for, before the part's fraction of the labels, in place of the weights of
  /// the weighting; nil if these hold for all parts.
  let partWeights: [[Double]]?
  let workspace: GradientWorkspace
  /// What the step's own passes are to show, or nil.
  var look: GradientLook?
  private let ledger: ReachLedger
  private let optimizer: any Optimizer
  private let clipping: GradientClipping?
  let probe: Probe
  private var penalty: StepPenalty

  init(
    objectives: [any MultitaskObjective], store: ParameterStore, workspace: GradientWorkspace, ledger: ReachLedger,
    optimizer: any Optimizer, clipping: GradientClipping?, learningRate: Double, method: MultitaskMethod,
    partWeights: [[Double]]? = nil
  ) {
    self.objectives = objectives
    self.store = store
    self.workspace = workspace
    self.ledger = ledger
    self.optimizer = optimizer
    self.clipping = clipping
    self.learningRate = learningRate
    self.partWeights = partWeights
    weighting = method.weighting
    aggregator = method.aggregator
    level = method.level
    scale = method.scale
    generator = method.generator
    shares = LabelShares(objectives.map(\.labelCounts), taskCount: objectives[0].tasks.count)
    probe = Probe(objectives, store)
    penalty = StepPenalty(objectives[0])
  }

  /// The network's penalty before the step; nil if it has none.
  var penaltyValue: Double? { penalty.value }

  /// The names of all tasks.
  public var tasks: [String] { objectives[0].tasks }

  /// The tasks that have labels in this step, ascending. The others are absent: no schedule updates what is theirs.
  public var presentTasks: [Int] { shares.present }

  /// What a step reports in which no task has labels: nothing is updated.
  public var emptyReport: StepReport {
    StepReport(losses: tasks.map { _ in nil }, lossWeights: tasks.map { _ in 0 })
  }

  /// Computes the losses of `tasks`, weighs them, and leaves the combined gradient in the workspace.
  /// Memory for the graph of one batch part is needed at a time.
  ///
  /// - Parameters:
  ///   - tasks: present ones.
  ///   - others: present ones whose losses are computed, too, but not differentiated.
  ///   - estimates: losses of tasks that are in neither list, as loss weightings look at all of them; one entry for each
  ///     of the network's tasks.
  /// - Returns: the losses and weights of all tasks.
  /// - Throws: ``NonFiniteError`` naming the task, ``MethodError``; no parameter has changed then.
  public func differentiate(
    _ tasks: [Int], evaluating others: [Int] = [], estimates: [Double?]? = nil
  ) throws -> StepReport {
    require(
      estimates != nil || tasks.count + others.count == presentTasks.count,
      "the losses of \(tasks + others) alone do not say how to weigh those of \(presentTasks.count) tasks")
    require(
      !tasks.isEmpty && (tasks + others).allSatisfy(presentTasks.contains),
      "an update of \(tasks) beside \(others), but the tasks with labels are \(presentTasks)")
    require(
      estimates.map { $0.count == self.tasks.count } ?? true,
      "\(estimates?.count ?? 0) estimates for \(self.tasks.count) tasks")
    let known = self.tasks.indices.map { shares.present.contains($0) ? estimates?[$0] : nil }
    var differentiation = try Differentiation(self, tasks, others: others, estimates: known)
    return try differentiation.run()
  }

  /// The losses of some tasks as they are now, without any graph. Running statistics and random generators stay as they
  /// are.
  ///
  /// - Returns: one for each of the given tasks; zero for a task without labels.
  /// - Throws: ``NonFiniteError`` naming a task.
  public func evaluate(_ tasks: [Int]) throws -> [Double] {
    try probe.run { try losses(of: tasks) }
  }

  func losses(of tasks: [Int]) throws -> [Double] {
    var losses = [Double](repeating: 0, count: tasks.count)
    for (part, objective) in objectives.enumerated() {
      let own = shares.tasks(tasks, in: part)
      for (task, value) in zip(own, try ForwardPass.values(of: own, objective)) {
        losses[tasks.firstIndex(of: task)!] += value * shares[part, task]
      }
    }
    return losses
  }

  /// Lets the optimizer follow the gradients in the workspace: for the shared parameters, and those of the
  /// given tasks.
  ///
  /// - Throws: ``NonFiniteError`` before this call has changed a parameter.
  public func apply(_ tasks: [Int]) throws {
    let updated = vectors(reachedBy: tasks)
    try penalty.add(to: updated, workspace)
    let gradients = updated.map { workspace.gradient(of: $0).flat }
    for (vector, gradient) in zip(updated, gradients) {
      // The sum of all elements: infinite or no number where one of them is.
      let sum = withoutGradients { gradient.sum().item }
      if !sum.isFinite {
        throw NonFiniteError(quantity: .gradient, task: culprit(in: vector, among: tasks), value: sum)
      }
    }
    clipping?.clip(zip(updated, gradients).flatMap { $0.trainedParts(of: $1) })
    for (vector, gradient) in zip(updated, gradients) {
      optimizer.update(vector, gradient: gradient, learningRate: learningRate)
    }
  }

  /// Lets the weighting learn from a step, and from what the update did to the losses, if it wants to know.
  public func learnWeights(from report: StepReport) {
    if weighting.need > .weightedSum, let gramian = report.gramian {
      var norms: [Double?] = tasks.map { _ in nil }
      for (row, task) in report.losses.present.enumerated() where report.lossWeights[task] > 0 {
        norms[task] = gramian.norm(row) / report.lossWeights[task]
      }
      weighting.update(losses: report.losses, gradientNorms: norms)
    }
    weighting.update(losses: report.losses)
    guard weighting.observesUpdates else { return }
    // With the draws that the step itself had. A loss that is not finite now ends the next step, before it changes anything.
    let present = report.losses.present
    guard let after = try? probe.run(repeatingDraws: true, { try self.losses(of: present) }) else { return }
    var losses: [Double?] = tasks.map { _ in nil }
    for (task, loss) in zip(present, after) { losses[task] = loss }
    weighting.update(before: report.losses, after: losses)
  }

  // MARK: Parts of a step

  var plan: DifferentiationPlan {
    DifferentiationPlan(
      DifferentiationPlan.Situation(
        aggregator: aggregator.need, weighting: weighting.need,
        knowsWeights: knowsWeights, level: level,
        features: objectives[0].featureKind,
        trainsShared: sharedVector.ranges.contains { $0.isAggregated(at: level) }))
  }

  func constantWeights(of tasks: [Int]) -> Vector {
    // Where nothing shared is trained, there is nothing to multiply.
    guard aggregator.need == .weightedSum else { return Vector(ones: tasks.count) }
    let weights = aggregator.constantWeights(of: tasks)
    require(
      weights.count == tasks.count, "\(type(of: aggregator)) gave \(weights.count) weights for \(tasks.count) tasks")
    return scaled(weights, of: tasks)
  }

  /// The aggregator's weights of second derivatives in the method's scale.
  func regularizerWeights(for gramian: Gramian, of tasks: [Int]) -> [[Double]] {
    aggregator.regularizerWeights(for: gramian).map { scaled(Vector($0), of: tasks).elements }
  }

  /// The aggregator's weights of some tasks in the method's scale.
  func scaled(_ weights: Vector, of tasks: [Int]) -> Vector {
    let factor = scale.factor(of: aggregator, tasks, among: self.tasks.count)
    return factor == 1 ? weights : weights * factor
  }

  /// Compares what the losses of some tasks reach with what parameters declare, once for each task: with passes of their
  /// own where the tasks' streams may lie in one tensor, whose graph connects them all.
  func checkReach(of tasks: [Int], in objective: any MultitaskObjective) throws {
    guard objective.featureKind == .byTask else { return }
    let unseen = ledger.unseen(tasks, in: store)
    guard !unseen.isEmpty else { return }
    try probe.run {
      for task in unseen {
        try ledger.look(at: ForwardPass(objective, [task], graph: .perTask), tasks: self.tasks)
      }
    }
  }

  /// Compares the graph of a pass with what parameters declare, once for each task.
  func checkReach(of pass: ForwardPass) throws {
    guard !ledger.unseen(pass.tasks, in: store).isEmpty else { return }
    try ledger.look(at: pass, tasks: tasks)
  }

  // MARK: Parameters

  func vectors(reachedBy tasks: [Int]) -> [ParameterVector] {
    store.vectors.filter { vector in tasks.contains { vector.reach.includes(self.tasks[$0]) } }
  }

  /// What every task reaches.
  var sharedVector: ParameterVector {
    guard let shared = store.vector(of: .everyTask) else {
      fatalError("no parameter of the network is reached by every task: there is nothing to aggregate")
    }
    return shared
  }

  /// Whose loss it is that has a gradient which is not finite: found by a pass for each task, as training ends here.
  private func culprit(in vector: ParameterVector, among tasks: [Int]) -> String {
    let candidates = tasks.filter { vector.reach.includes(self.tasks[$0]) }
    let leaves = vector.parameters.map(\.value)
    return probe.run {
      for task in candidates {
        for (part, objective) in objectives.enumerated() where shares[part, task] > 0 {
          let found = gradients(of: objective.losses(of: [task]), withRespectTo: leaves)
          let isFinite = withoutGradients { found.allSatisfy { $0?.sum().item.isFinite ?? true } }
          if !isFinite { return self.tasks[task] }
        }
      }
      return candidates.map { self.tasks[$0] }.joined(separator: "+")
    }
  }
}
