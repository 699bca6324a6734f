import NeuralNetworks
import Torch

/// A metric that compares predicted and true values one by one, such as the depths of pixels.
public protocol ValueMetric: TaskMetric {
  /// Adds some values.
  ///
  /// - Parameters:
  ///   - prediction: the predicted values.
  ///   - truth: the true values, in the same order.
  ///   - known: whether each true value is known; nil if all of them are.
  mutating func add(prediction: [Double], truth: [Double], known: [Bool]?)
}

extension ValueMetric {
  /// Adds a batch: prediction and target are batch × channels × height × width.
  public mutating func add(prediction: Tensor, target: Labels) {
    add(
      prediction: prediction.array(of: Double.self), truth: target.values.array(of: Double.self),
      known: target.knownElements)
  }
}
