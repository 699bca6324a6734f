import Torch

/// A rule that turns a gradient into a step of one owner's vector. Its state lives with the vector.
public protocol Optimizer: Sendable {
  /// - Parameter gradient: laid out like the vector.
  func update(_ vector: ParameterVector, gradient: Tensor, learningRate: Double)
}
