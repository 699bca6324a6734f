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

  let level: GradientLevel
  let observation: GradientLevel?
  let workspace: GradientWorkspace
  private let optimizer: any Optimizer
  private let clipping: GradientClipping?

  init(
    objectives: [any MultitaskObjective], store: ParameterStore, workspace: GradientWorkspace,
    optimizer: any Optimizer, clipping: GradientClipping?, learningRate: Double, method: MultitaskMethod,
    observation: GradientLevel?
  ) {
    self.objectives = objectives
    self.store = store
    self.workspace = workspace
    self.optimizer = optimizer
    self.clipping = clipping
    self.learningRate = learningRate
    self.observation = observation
    weighting = method.weighting
    aggregator = method.aggregator
    level = method.level
    generator = method.generator
  }

  public var tasks: [String] { objectives[0].tasks }

  /// Computes the losses of `tasks`, weighs them, and leaves the combined gradient in the workspace.
  /// Memory for the graph of one batch part is needed at a time.
  ///
  /// - Parameters:
  ///   - others: whose losses are computed, too, but not differentiated.
  ///   - estimates: losses of all tasks, for those that are in neither list: loss weightings look at all of them.
  /// - Returns: the losses and weights of all tasks.
  /// - Throws: ``NonFiniteError`` naming the task, ``MethodError``; nothing has changed then.
  public func differentiate(
    _ tasks: [Int], evaluating others: [Int] = [], estimates: [Double]? = nil
  ) throws -> StepReport {
    precondition(
      estimates != nil || tasks.count + others.count == self.tasks.count,
      "the losses of \(tasks + others) alone do not say how to weigh those of \(self.tasks.count) tasks")
    var differentiation = Differentiation(self, tasks, others: others, estimates: estimates)
    for objective in objectives { try differentiation.add(objective) }
    return try differentiation.finish()
  }

  /// The losses of some tasks as they are now, without any graph.
  ///
  /// - Throws: ``NonFiniteError`` naming a task.
  public func evaluate(_ tasks: [Int]) throws -> [Double] {
    var losses = [Double](repeating: 0, count: tasks.count)
    for objective in objectives {
      let values = try ForwardPass.values(of: tasks, objective)
      for index in tasks.indices { losses[index] += values[index] / Double(objectives.count) }
    }
    return losses
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
      if !sum.isFinite {
        throw NonFiniteError(quantity: .gradient, task: culprit(in: vector, among: tasks), value: sum)
      }
    }
    clipping?.clip(zip(updated, gradients).map { $0.trained($1) })
    for (vector, gradient) in zip(updated, gradients) {
      optimizer.update(vector, gradient: gradient, learningRate: learningRate)
    }
  }

  /// Lets the weighting learn from a step, and from what the update did to the losses, if it wants to know.
  ///
  /// - Throws: ``NonFiniteError`` when a loss is not finite after the update.
  public func learnWeights(from report: StepReport) throws {
    if var learning = weighting as? any LearnsFromGradients, let gramian = report.gramian {
      let norms = zip(gramian.tasks, report.lossWeights).map { $1 > 0 ? gramian.norm($0) / $1 : 0 }
      learning.update(losses: report.losses, gradientNorms: norms)
      weighting = learning
    }
    weighting.update(losses: report.losses)
    guard var learning = weighting as? any LearnsFromUpdates else { return }
    learning.update(before: report.losses, after: try evaluate(Array(tasks.indices)))
    weighting = learning
  }

  // MARK: Parameters

  func vectors(reachedBy tasks: [Int]) -> [ParameterVector] {
    store.vectors.filter { vector in tasks.contains { vector.owner.includes(self.tasks[$0]) } }
  }

  var sharedVector: ParameterVector {
    guard let shared = store.vector(of: .shared) else {
      preconditionFailure("the network shares no parameters: there is nothing to aggregate")
    }
    return shared
  }

  /// Whose loss it is that has a gradient which is not finite: found by a pass for each task, as training ends here.
  private func culprit(in vector: ParameterVector, among tasks: [Int]) -> String {
    let candidates = tasks.filter { vector.owner.includes(self.tasks[$0]) }
    let leaves = vector.parameters.map(\.value)
    for task in candidates {
      for objective in objectives {
        let found = gradients(of: objective.losses(of: [task]), withRespectTo: leaves)
        let isFinite = withoutGradients { found.allSatisfy { $0?.sum().item.isFinite ?? true } }
        if !isFinite { return self.tasks[task] }
      }
    }
    return candidates.map { self.tasks[$0] }.joined(separator: "+")
  }
}
