import Torch

/// One number that says how good predictions are.
public struct MetricResult: Sendable, Equatable, Codable {
  public enum Direction: String, Sendable, Codable {
    case higherIsBetter
    case lowerIsBetter

    /// Where better is, for tables.
    public var arrow: String { self == .higherIsBetter ? "↑" : "↓" }
  }

  public let name: String
  public let value: Double
  public let direction: Direction

  public init(_ name: String, _ value: Double, _ direction: Direction) {
    self.name = name
    self.value = value
    self.direction = direction
  }
}

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
