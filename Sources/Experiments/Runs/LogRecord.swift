/// A line of `metrics.jsonl`: a record with its `kind`.
public enum LogRecord: Sendable, Codable, Equatable {
  /// A step of training.
  case step(StepRecord)
  /// An evaluation on the validation data.
  case evaluation(EvaluationRecord)
  /// A change of the network.
  case adaptation(AdaptationRecord)

  private enum Kind: String, Codable {
    case step
    case evaluation
    case adaptation
  }
  private enum Key: CodingKey {
    case kind
  }

  /// The step of the record, whatever its kind.
  public var step: Int {
    switch self {
    case .step(let record): record.step
    case .evaluation(let record): record.step
    case .adaptation(let record): record.step
    }
  }

  /// Decodes the record that `kind` names.
  ///
  /// - Throws: `DecodingError` for an unknown kind, or a record that lacks a field.
  public init(from decoder: any Decoder) throws {
    switch try decoder.container(keyedBy: Key.self).decode(Kind.self, forKey: .kind) {
    case .step: self = .step(try StepRecord(from: decoder))
    case .evaluation: self = .evaluation(try EvaluationRecord(from: decoder))
    case .adaptation: self = .adaptation(try AdaptationRecord(from: decoder))
    }
  }

  /// Encodes the record's fields, with its `kind` beside them.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .step(let record):
      try container.encode(Kind.step, forKey: .kind)
      try record.encode(to: encoder)
    case .evaluation(let record):
      try container.encode(Kind.evaluation, forKey: .kind)
      try record.encode(to: encoder)
    case .adaptation(let record):
      try container.encode(Kind.adaptation, forKey: .kind)
      try record.encode(to: encoder)
    }
  }
}
