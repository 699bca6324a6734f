import NeuralNetworks
import Torch

/// Compares predictions with the truth, batch after batch; the results are those of all batches together.
public protocol TaskMetric: Sendable {
  /// - Parameters:
  ///   - prediction: batch × channels × height × width (batch × attributes for images as a whole) as the network gives it,
  ///     before any activation.
  ///   - target: the ground truth of the same batch.
  mutating func add(prediction: Tensor, target: Labels)

  /// The first one is the metric that the task is judged by.
  var results: [MetricResult] { get }
}

extension TaskMetric {
  /// A result by name.
  public func value(_ name: String) -> Double? { results.first { $0.name == name }?.value }
}

extension Labels {
  /// Whether each value is known, in the values' order; nil if all are.
  var knownElements: [Bool]? { known?.expanded(values.shape).array() }
}

extension Double {
  /// Zero instead of a division by zero: nothing was seen.
  func over(_ count: Int) -> Double { count == 0 ? 0 : self / Double(count) }
}
