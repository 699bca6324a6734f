import NeuralNetworks
import Torch

/// What an ``UpdateSchedule`` works with in one step: the batch, the method's other parts, and the
/// elementary moves of training (forward, backward, update).
public final class MultitaskUpdate {
  public let objectives: [any MultitaskObjective]
  public let store: ParameterStore
  public let learningRate: Double
  public internal(set) var weighting: any LossWeighting
  public internal(set) var aggregator: any GradientAggregator
  public var generator: SeededGenerator

  private let workspace: GradientWorkspace
  private let optimizer: any Optimizer
  private let clipping: GradientClipping?
  private let observation: GradientObservation

  init(
    objectives: [any MultitaskObjective], store: ParameterStore, workspace: GradientWorkspace,
    optimizer: any Optimizer, clipping: GradientClipping?, learningRate: Double,
    weighting: any LossWeighting, aggregator: any GradientAggregator, generator: SeededGenerator,
    observation: GradientObservation
  ) {
    self.objectives = objectives
    self.store = store
    self.workspace = workspace
    self.optimizer = optimizer
    self.clipping = clipping
    self.learningRate = learningRate
    self.weighting = weighting
    self.aggregator = aggregator
    self.generator = generator
    self.observation = observation
  }

  public var tasks: [String] { objectives[0].tasks }

  /// Computes the losses of `tasks`, weighs them, and leaves the combined gradient in the workspace.
  /// Memory for the graph of one batch part is needed at a time.
  ///
  /// - Throws: ``NonFiniteError`` naming the task; nothing has changed then.
  public func differentiate(_ tasks: [Int]) throws -> StepReport {
    var report = StepReport(
      losses: [Double](repeating: 0, count: tasks.count), lossWeights: [Double](repeating: 0, count: tasks.count))
    let share = 1 / Double(objectives.count)
    for (part, objective) in objectives.enumerated() {
      let losses = objective.losses(of: tasks)
      let values = try finiteValues(of: losses, tasks)
      let weights = try weighting.weights(for: values, using: &generator)
      for index in tasks.indices {
        report.losses[index] += values[index] * share
        report.lossWeights[index] += weights[index] * share
      }
      backward(
        losses, tasks, scales: weights.map { $0 * share }, writing: part == 0 ? .write : .add)
    }
    report.gramian = try combine(tasks, losses: report.losses)
    return report
  }

  /// Lets the optimizer follow the gradients in the workspace: for the shared parameters, and those of the
  /// given tasks.
  ///
  /// - Throws: ``NonFiniteError`` before any parameter has changed.
  public func apply(_ tasks: [Int]) throws {
    let updated = vectors(reachedBy: tasks)
    let gradients = updated.map { workspace.gradient(of: $0).flat }
    for (vector, gradient) in zip(updated, gradients) {
      // The sum of all elements: infinite or no number where one of them is.
      let sum = withoutGradients { gradient.sum().item }
      if !sum.isFinite { throw NonFiniteError(quantity: .gradient, task: vector.owner.taskNames, value: sum) }
    }
    clipping?.clip(gradients)
    for (vector, gradient) in zip(updated, gradients) {
      optimizer.update(vector, gradient: gradient, learningRate: learningRate)
    }
  }

  /// Lets the weighting learn from a step's losses, and from what the update did to them, if it wants to know.
  ///
  /// - Throws: ``NonFiniteError`` when a loss is not finite after the update.
  public func learnWeights(_ tasks: [Int], from losses: [Double]) throws {
    weighting.update(losses: losses)
    guard var learning = weighting as? any LearnsFromUpdates else { return }
    var after = [Double](repeating: 0, count: tasks.count)
    for objective in objectives {
      let values = try finiteValues(of: withoutGradients { objective.losses(of: tasks) }, tasks)
      for index in tasks.indices { after[index] += values[index] / Double(objectives.count) }
    }
    learning.update(before: losses, after: after)
    weighting = learning
  }

  /// Turns the tasks' gradients into one direction for the shared parameters.
  private func combine(_ tasks: [Int], losses: [Double]) throws -> Gramian? {
    if let constant = aggregator as? any ConstantWeighting, observation == .none {
      let factor = constant.weight(taskCount: tasks.count)
      if factor != 1 { workspace.gradient(of: sharedVector).flat.multiply(inPlace: factor) }
      return nil
    }
    let shared = sharedVector
    let gradients = DenseTaskGradients(rows: workspace.taskGradients(of: shared, taskCount: tasks.count).matrix)
    let gramian = gradients.gramian
    for (index, task) in tasks.enumerated() where !gramian[index, index].isFinite {
      throw NonFiniteError(quantity: .gradient, task: self.tasks[task], value: gramian[index, index])
    }
    let direction = try aggregator.direction(of: gradients, losses: losses, using: &generator)
    workspace.gradient(of: shared).flat.copy(from: direction)
    return gramian
  }

  // MARK: Backward passes

  private func backward(
    _ losses: [Tensor], _ tasks: [Int], scales: [Double], writing: GradientTarget.Writing
  ) {
    if aggregator is any ConstantWeighting, observation == .none {
      backwardOnce(losses, tasks, scales: scales, writing: writing)
    } else {
      backwardEach(losses, tasks, scales: scales, writing: writing)
    }
  }

  /// One pass for the weighted sum, which the aggregator's constant multiplies afterwards: tasks' own parameters
  /// follow their own weighted loss without it.
  private func backwardOnce(
    _ losses: [Tensor], _ tasks: [Int], scales: [Double], writing: GradientTarget.Writing
  ) {
    let targets = vectors(reachedBy: tasks).flatMap { self.targets(in: $0, writing) }
    writeGradients(of: losses, to: targets, seeds: zip(losses, scales).map { seed($1, like: $0) })
  }

  /// One pass per task: the shared part into the task's row of G, the rest to the owners that it reaches.
  private func backwardEach(
    _ losses: [Tensor], _ tasks: [Int], scales: [Double], writing: GradientTarget.Writing
  ) {
    let shared = sharedVector
    let rows = workspace.taskGradients(of: shared, taskCount: tasks.count).views
    var written: Set<Owner> = []
    for (index, task) in tasks.enumerated() {
      var targets = zip(shared.parameters, rows[index]).map { GradientTarget($0.value, into: $1, writing) }
      for vector in vectors(reachedBy: [task]) where vector.owner != .shared {
        let isFirst = written.insert(vector.owner).inserted
        targets += self.targets(in: vector, isFirst ? writing : .add)
      }
      writeGradients(
        of: [losses[index]], to: targets, seeds: [seed(scales[index], like: losses[index])],
        graph: index == tasks.count - 1 ? .release : .retain)
    }
  }

  private func targets(in vector: ParameterVector, _ writing: GradientTarget.Writing) -> [GradientTarget] {
    zip(vector.parameters, workspace.gradient(of: vector).views).map {
      GradientTarget($0.value, into: $1, writing)
    }
  }

  private func vectors(reachedBy tasks: [Int]) -> [ParameterVector] {
    store.vectors.filter { vector in tasks.contains { vector.owner.includes(self.tasks[$0]) } }
  }

  private var sharedVector: ParameterVector {
    guard let shared = store.vector(of: .shared) else {
      preconditionFailure("the network shares no parameters: there is nothing to aggregate")
    }
    return shared
  }

  private func seed(_ value: Double, like loss: Tensor) -> Tensor {
    .full(value, loss.shape, dtype: loss.dtype, device: loss.device)
  }

  private func finiteValues(of losses: [Tensor], _ tasks: [Int]) throws -> [Double] {
    let values: [Double] = Tensor.stacked(losses.map { $0.detached() }).array()
    for (value, task) in zip(values, tasks) where !value.isFinite {
      throw NonFiniteError(quantity: .loss, task: self.tasks[task], value: value)
    }
    return values
  }
}

extension Owner {
  /// For messages: the tasks' names, or all of them.
  fileprivate var taskNames: String {
    switch self {
    case .shared: "all tasks together"
    case .tasks(let names): names.sorted().joined(separator: "+")
    }
  }
}
