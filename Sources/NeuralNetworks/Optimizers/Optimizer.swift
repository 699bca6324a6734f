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

  /// Moves one range of a vector as gradient descent with the rule's momentum and weight decay would, and keeps nothing of
  /// it: methods look ahead by it. By default, there is no momentum, and no weight decay that is not given.
  ///
  /// - Parameters:
  ///   - vector: the vector, whose values change.
  ///   - range: the position in ``ParameterVector/ranges``.
  ///   - gradient: the gradient, laid out like the whole vector.
  ///   - learningRate: the learning rate of the range.
  ///   - weightDecay: the weight decay of the range; nil for that of the rule.
  func descend(
    _ vector: ParameterVector, range: Int, gradient: Tensor, learningRate: Double, weightDecay: Double?)

  /// Returns the learning rate with which a range is moved when the training has a given one; defaults to the given one.
  func learningRate(of range: ParameterRange, at learningRate: Double) -> Double
}

extension Optimizer {
  /// The learning rate of the training.
  public func learningRate(of range: ParameterRange, at learningRate: Double) -> Double { learningRate }

  /// Moves one range of a vector along the gradient and the weight decay that is given.
  public func descend(
    _ vector: ParameterVector, range: Int, gradient: Tensor, learningRate: Double, weightDecay: Double?
  ) {
    vector.descend(range, along: gradient, learningRate: learningRate, weightDecay: weightDecay ?? 0)
  }

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

extension ParameterVector {
  /// Moves a range along a gradient, which is laid out like the whole vector, and the weight decay.
  func descend(_ range: Int, along gradient: Tensor, learningRate: Double, weightDecay: Double) {
    withoutGradients {
      let values = part(range, of: self.values)
      values.multiply(inPlace: 1 - learningRate * weightDecay)
      values.add(inPlace: part(range, of: gradient), scale: -learningRate)
    }
  }
}
