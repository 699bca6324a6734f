/// One number that says how good predictions are.
public struct MetricResult: Sendable, Equatable, Codable {
  /// Which values of a metric are better.
  public enum Direction: String, Sendable, Codable {
    /// Higher values are better, as of an accuracy.
    case higherIsBetter
    /// Lower values are better, as of an error.
    case lowerIsBetter

    /// The sign that makes an improvement positive: 1 if higher is better, otherwise −1.
    public var sign: Double { self == .higherIsBetter ? 1 : -1 }

    /// The arrow that tables show: `↑` if higher is better, otherwise `↓`.
    public var arrow: String { self == .higherIsBetter ? "↑" : "↓" }
  }

  /// The metric's name, such as `mIoU`.
  public let name: String
  /// The metric's value, in the metric's own unit.
  public let value: Double
  /// Which values are better.
  public let direction: Direction

  /// Creates a result.
  public init(_ name: String, _ value: Double, _ direction: Direction) {
    self.name = name
    self.value = value
    self.direction = direction
  }
}
