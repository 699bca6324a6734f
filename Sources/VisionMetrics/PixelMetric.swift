import Torch

/// Compares predictions with the truth, batch after batch; the results are those of all batches together.
public protocol PixelMetric: Sendable {
  /// - Parameters:
  ///   - prediction: batch × channels × height × width as the network gives it, before any activation.
  ///   - target: the ground truth; 255 where nothing is known.
  mutating func add(prediction: Tensor, target: Tensor)

  /// The first one is the metric that the task is judged by.
  var results: [MetricResult] { get }
}

extension PixelMetric {
  /// A result by name.
  public func value(_ name: String) -> Double? { results.first { $0.name == name }?.value }
}

/// The ground truth's value where nothing is known.
let unknownLabel = 255.0

extension Double {
  /// Zero instead of a division by zero: nothing was seen.
  func over(_ count: Int) -> Double { count == 0 ? 0 : self / Double(count) }
}
