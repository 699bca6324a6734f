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

  /// Whether a step takes a backward pass for each task, with losses weighed like this.
  public func needsEachGradient(with weighting: any LossWeighting) -> Bool {
    !(self is any ConstantWeighting) || weighting is any LearnsFromGradients
  }
}
