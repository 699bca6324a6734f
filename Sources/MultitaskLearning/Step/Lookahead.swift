import NeuralNetworks
import Support
import Torch

/// What a ``LossWeighting`` works with that learns from a second batch: losses and gradients of both, at the parameters of the
/// step and at others that it moves to. Nothing of it stays: parameters, running statistics and random generators get their
/// states back.
public final class Lookahead {
  /// The batches of a step.
  public enum Batch: Int, Sendable {
    /// The batch that the step trains on.
    case training
    /// The further batch, which shows what weights lead to.
    case validation
  }

  /// A direction in the space of all parameters that are trained: for each vector of the store, as long as it.
  public typealias Direction = [Tensor]

  /// The learning rate of the step.
  public let learningRate: Double
  /// The number of tasks.
  public let taskCount: Int
  private let parts: [[any MultitaskObjective]]
  private let shares: [LabelShares]
  private let vectors: [ParameterVector]
  private let optimizer: any Optimizer
  private let probe: Probe
  private let start: [Tensor]

  /// - Parameter parts: of the training batch, then of the validation batch.
  init(
    _ parts: [[any MultitaskObjective]], store: ParameterStore, optimizer: any Optimizer, learningRate: Double
  ) {
    self.parts = parts
    self.optimizer = optimizer
    self.learningRate = learningRate
    taskCount = parts[0][0].tasks.count
    let count = taskCount
    shares = parts.map { LabelShares($0.map(\.labelCounts), taskCount: count) }
    vectors = store.vectors
    probe = Probe(parts.flatMap { $0 }, store)
    start = vectors.map { $0.values.copied() }
  }

  /// Whether every task has labels in both batches.
  public var isComplete: Bool { shares.allSatisfy { $0.present.count == taskCount } }

  /// The losses of all tasks at the parameters as they are now.
  ///
  /// - Throws: ``NonFiniteError`` naming a task.
  public func losses(on batch: Batch) throws -> [Double] {
    try probe.run {
      var losses = [Double](repeating: 0, count: taskCount)
      for (part, objective) in parts[batch.rawValue].enumerated() {
        let tasks = shares[batch.rawValue].tasks(Array(losses.indices), in: part)
        for (task, value) in zip(tasks, try ForwardPass.values(of: tasks, objective)) {
          losses[task] += value * shares[batch.rawValue][part, task]
        }
      }
      return losses
    }
  }

  /// The gradient of a weighted sum of the losses, at the parameters as they are now.
  ///
  /// - Parameters:
  ///   - weights: one for each task; tasks of weight zero are left out.
  ///   - batch: the batch of the losses.
  /// - Throws: ``NonFiniteError`` naming a task.
  public func gradient(_ weights: [Double], on batch: Batch) throws -> Direction {
    try probe.run {
      let sum = vectors.map { $0.values.zerosLike() }
      let targets = zip(vectors, sum).flatMap { vector, sum in
        let views = vector.views(of: sum)
        return vector.trainedIndices.map { GradientTarget(vector.parameters[$0].value, into: views[$0], .add) }
      }
      let wanted = weights.indices.filter { weights[$0] != 0 }
      for (part, objective) in parts[batch.rawValue].enumerated() {
        let tasks = shares[batch.rawValue].tasks(wanted, in: part)
        guard !tasks.isEmpty else { continue }
        let pass = try ForwardPass(objective, tasks, graph: .whole)
        writeGradients(
          of: pass.losses, to: targets,
          seeds: tasks.enumerated().map { pass.seed($0, weights[$1] * shares[batch.rawValue][part, $1]) })
      }
      return sum
    }
  }

  /// The product of two directions.
  public func product(_ a: Direction, _ b: Direction) -> Double {
    withoutGradients { zip(a, b).reduce(0) { $0 + ($1.0 * $1.1).sum(dtype: .float64).item } }
  }

  /// Moves the parameters along a direction.
  public func move(along direction: Direction, by length: Double) {
    withoutGradients {
      for (vector, part) in zip(vectors, direction) { vector.values.add(inPlace: part, scale: length) }
    }
  }

  /// Moves the parameters as gradient descent would, with the optimizer's rates, momentum and weight decay.
  public func descend(along gradient: Direction) {
    for (vector, part) in zip(vectors, gradient) {
      for (number, range) in vector.ranges.enumerated() where !range.isFrozen {
        optimizer.descend(vector, range: number, gradient: part, learningRate: learningRate, weightDecay: nil)
      }
    }
  }

  /// Returns a direction in which each parameter's part is multiplied by its learning rate in the step: the derivative of
  /// where ``descend(along:)`` leads, up to the sign.
  public func multipliedByRates(_ direction: Direction) -> Direction {
    withoutGradients {
      zip(vectors, direction).map { vector, part in
        let scaled = part.copied()
        for (number, range) in vector.ranges.enumerated() where !range.isFrozen {
          vector.part(number, of: scaled)
            .multiply(inPlace: optimizer.learningRate(of: range, at: learningRate))
        }
        return scaled
      }
    }
  }

  /// Moves the parameters back to where the step found them.
  public func restore() {
    withoutGradients { for (vector, values) in zip(vectors, start) { vector.values.copy(from: values) } }
  }
}
