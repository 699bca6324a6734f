/// One number that says how good predictions are.
public struct MetricResult: Sendable, Equatable, Codable {
  /// Which values of a metric are better.
  public enum Direction: String, Sendable, Codable {
    case higherIsBetter
    case lowerIsBetter

    /// What a change is multiplied by, so that more is better.
    public var sign: Double { self == .higherIsBetter ? 1 : -1 }

    /// Where better is, for tables.
    public var arrow: String { self == .higherIsBetter ? "↑" : "↓" }
  }

  /// The metric's name: `mIoU`.
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
