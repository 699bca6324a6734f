/// One number that says how good predictions are.
public struct MetricResult: Sendable, Equatable, Codable {
  public enum Direction: String, Sendable, Codable {
    case higherIsBetter
    case lowerIsBetter

    /// What a change is multiplied by, so that more is better.
    public var sign: Double { self == .higherIsBetter ? 1 : -1 }

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
