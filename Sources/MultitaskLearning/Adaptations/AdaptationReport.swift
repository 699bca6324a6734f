/// What an adaptation saw and did.
public enum AdaptationReport: Sendable, Equatable {
  case tokens(TokenAdaptationReport)
}

/// In JSON, an object with one field, named after the case.
extension AdaptationReport: Codable {
  private enum Key: CodingKey {
    case tokens
  }

  /// Reads a report from an object with one field.
  public init(from decoder: any Decoder) throws {
    self = .tokens(try decoder.container(keyedBy: Key.self).decode(TokenAdaptationReport.self, forKey: .tokens))
  }

  /// Writes a report as an object with one field.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .tokens(let report): try container.encode(report, forKey: .tokens)
    }
  }
}
