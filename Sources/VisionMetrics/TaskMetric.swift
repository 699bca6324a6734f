import NeuralNetworks
import Torch

/// A comparison of predictions with the truth, batch after batch; the results are those of all batches together.
public protocol TaskMetric: Sendable {
  /// Adds a batch.
  ///
  /// - Parameters:
  ///   - prediction: the network's output before any activation, batch × channels × height × width, or batch ×
  ///     attributes for images as a whole.
  ///   - target: the ground truth of the same batch.
  mutating func add(prediction: Tensor, target: Labels)

  /// The results over all batches so far. The task is judged by the first one.
  var results: [MetricResult] { get }
}

extension TaskMetric {
  /// Returns the value of the result of some name; nil if there is no such result.
  public func value(_ name: String) -> Double? { results.first { $0.name == name }?.value }
}

extension Labels {
  /// Whether each value is known, in the values' order; nil if all are.
  var knownElements: [Bool]? { known?.expanded(values.shape).array() }
}

extension Double {
  /// Returns the quotient by a count; zero if the count is zero, as nothing was seen.
  func over(_ count: Int) -> Double { count == 0 ? 0 : self / Double(count) }
}
