import Torch

/// Answers: how do K gradients become one?
public protocol GradientAggregator: Checkpointed, Sendable {
  /// Whether the direction depends on the losses themselves, too.
  var needsLosses: Bool { get }

  /// - Parameters:
  ///   - gradients: G, whose rows are the gradients of the weighted losses.
  ///   - losses: the K losses at the same point, for methods that look at them.
  ///   - direction: d elements, which become what takes the gradient's place.
  /// - Throws: ``MethodError`` where the method has no answer.
  mutating func writeDirection(
    of gradients: any TaskGradients, losses: [Double], into direction: Tensor,
    using generator: inout SeededGenerator
  ) throws
}

extension GradientAggregator {
  public var needsLosses: Bool { false }

  /// As ``writeDirection(of:losses:into:using:)``, in a new vector.
  public mutating func direction(
    of gradients: any TaskGradients, losses: [Double], using generator: inout SeededGenerator
  ) throws -> Tensor {
    let direction = gradients.makeDirection()
    try writeDirection(of: gradients, losses: losses, into: direction, using: &generator)
    return direction
  }
}

/// An aggregator that only chooses K weights, and only needs the inner products for it.
public protocol GramianWeighting: GradientAggregator {
  /// - Parameter gramian: `G Gᵀ`, K×K.
  /// - Returns: K weights `w`; the direction is `Gᵀ w`.
  mutating func weights(
    for gramian: Gramian, losses: [Double], using generator: inout SeededGenerator
  ) throws -> [Double]
}

extension GramianWeighting {
  public mutating func writeDirection(
    of gradients: any TaskGradients, losses: [Double], into direction: Tensor,
    using generator: inout SeededGenerator
  ) throws {
    let weights = try weights(for: gradients.gramian, losses: losses, using: &generator)
    gradients.combine([weights], over: [0..<gradients.width], into: direction)
  }
}

/// An aggregator that chooses K weights for each of several parts of the network, from the inner products there.
public protocol LocalGramianWeighting: GradientAggregator {
  var granularity: Granularity { get }

  /// - Parameter gramians: of each part.
  /// - Returns: K weights for each part.
  mutating func weights(
    for gramians: [Gramian], losses: [Double], using generator: inout SeededGenerator
  ) throws -> [[Double]]
}

extension LocalGramianWeighting {
  public mutating func writeDirection(
    of gradients: any TaskGradients, losses: [Double], into direction: Tensor,
    using generator: inout SeededGenerator
  ) throws {
    let ranges = granularity.ranges(of: gradients)
    let weights = try weights(for: gradients.gramians(of: ranges), losses: losses, using: &generator)
    gradients.combine(weights, over: ranges, into: direction)
  }
}

/// An aggregator that adds a function of the tasks' gradients to the loss, and so needs second derivatives.
///
/// Its direction is `Σ g_k + Σ H_k v_k`, with `H_k` the second derivatives of task k's loss, and `v_k` a combination
/// of the gradients.
public protocol RegularizesGradients: GradientAggregator {
  /// - Returns: K×K numbers; `v_k` is the combination of the gradients with row k's.
  func regularizerWeights(for gramian: Gramian) -> [[Double]]
}

/// An aggregator that draws random numbers, which can be given to it instead.
public protocol DrawsNumbers {
  var draws: [Double]? { get set }
}

/// An aggregator that gives every task the same weight, whatever the gradients: one backward pass through the
/// sum of the losses gives its direction, and no G is needed.
public protocol ConstantWeighting: GramianWeighting {
  func weight(taskCount: Int) -> Double
}

extension GradientAggregator {
  /// Whether a step takes a backward pass for each task, with losses weighed like this.
  public func needsEachGradient(with weighting: any LossWeighting) -> Bool {
    !(self is any ConstantWeighting) || weighting is any LearnsFromGradients
  }
}

extension ConstantWeighting {
  public func weights(
    for gramian: Gramian, losses: [Double], using generator: inout SeededGenerator
  ) -> [Double] {
    [Double](repeating: weight(taskCount: gramian.taskCount), count: gramian.taskCount)
  }
}
