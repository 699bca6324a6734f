import Torch

/// A rule that turns a gradient into a step of a parameter vector. Its state lives with the vector.
public protocol Optimizer: Sendable {
  /// Updates one range of a vector.
  ///
  /// - Parameters:
  ///   - vector: the vector, whose values change, and with which the rule's state is kept.
  ///   - range: the position in ``ParameterVector/ranges``.
  ///   - gradient: the gradient, laid out like the whole vector.
  ///   - learningRate: the learning rate of the range.
  ///   - weightDecay: the weight decay of the range; nil for that of the rule.
  func update(
    _ vector: ParameterVector, range: Int, gradient: Tensor, learningRate: Double, weightDecay: Double?)
}

extension Optimizer {
  /// Updates every range of a vector that is trained.
  ///
  /// - Parameters:
  ///   - vector: the vector, whose values change.
  ///   - gradient: the gradient, laid out like the vector.
  ///   - learningRate: the learning rate of all ranges.
  public func update(_ vector: ParameterVector, gradient: Tensor, learningRate: Double) {
    for (number, range) in vector.ranges.enumerated() where !range.isFrozen {
      update(vector, range: number, gradient: gradient, learningRate: learningRate, weightDecay: nil)
    }
  }
}
