/// The choices that make a method.
public enum MethodKind: String, Sendable, CaseIterable {
  case weighting
  case aggregator
  case schedule
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
