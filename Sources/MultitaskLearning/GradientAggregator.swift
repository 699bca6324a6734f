import Support
import Torch

/// Answers: how do K gradients become one?
public protocol GradientAggregator: Checkpointed, Sendable {
  /// What the aggregator needs of the gradients. It decides by which backward passes a step computes them.
  var need: GradientNeed { get }

  /// Whether the direction depends on the losses themselves, too.
  var needsLosses: Bool { get }

  /// Writes the direction that takes the gradient's place.
  ///
  /// - Parameters:
  ///   - gradients: G, whose rows are the gradients of the weighted losses, K×d.
  ///   - direction: d elements.
  /// - Throws: ``MethodError`` if the method has no answer; ``NoDirectionError`` if no direction helps all tasks.
  mutating func writeDirection(
    of gradients: any TaskGradients, into direction: Tensor, _ context: inout AggregationContext
  ) throws

  /// The weight of every task's gradient. A step asks only aggregators whose ``need`` is ``GradientNeed/weightedSum``.
  func constantWeight(taskCount: Int) -> Double

  /// How the gradients of the regularizer combine the tasks' gradients: K×K numbers, of which row k makes `v_k`; the
  /// direction is `Σ g_k + Σ H_k v_k`, with `H_k` the second derivatives of task k's loss. A step asks only aggregators
  /// whose ``need`` is ``GradientNeed/secondOrder``.
  func regularizerWeights(for gramian: Gramian) -> [[Double]]
}

extension GradientAggregator {
  public var needsLosses: Bool { false }

  public func constantWeight(taskCount: Int) -> Double {
    fatalError("\(type(of: self)) has no constant weight: its need is \(need)")
  }

  public func regularizerWeights(for gramian: Gramian) -> [[Double]] {
    fatalError("\(type(of: self)) regularizes nothing: its need is \(need)")
  }

  /// The direction of gradients of all tasks, as a new vector of d elements.
  public mutating func direction(
    of gradients: any TaskGradients, losses: [Double], using generator: inout SeededGenerator
  ) throws -> Tensor {
    let direction = gradients.makeDirection()
    var context = AggregationContext(taskCount: gradients.taskCount, losses: losses, generator: generator)
    defer { generator = context.generator }
    try writeDirection(of: gradients, into: direction, &context)
    return direction
  }
}
