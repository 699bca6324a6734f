/// The choices that make a method.
public enum MethodKind: String, Sendable, CaseIterable {
  /// How much each loss counts.
  case weighting
  /// How the tasks' gradients become one.
  case aggregator
  /// Which tasks update when.
  case schedule
  /// How the network changes while it trains.
  case adaptation

  /// What a person calls it.
  public var title: String {
    switch self {
    case .weighting: "loss weighting"
    case .aggregator: "gradient aggregator"
    case .schedule: "update schedule"
    case .adaptation: "network adaptation"
    }
  }
}
