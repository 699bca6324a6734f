/// One line of `metrics.jsonl`: a record with its `kind`.
public enum LogRecord: Sendable, Codable, Equatable {
  case step(StepRecord)
  case evaluation(EvaluationRecord)
  case adaptation(AdaptationRecord)

  private enum Kind: String, Codable {
    case step
    case evaluation
    case adaptation
  }
  private enum Key: CodingKey {
    case kind
  }

  /// The step that the record is of, from 1; zero for what was before the first.
  public var step: Int {
    switch self {
    case .step(let record): record.step
    case .evaluation(let record): record.step
    case .adaptation(let record): record.step
    }
  }

  /// Reads a record, whose field `kind` names its case.
  public init(from decoder: any Decoder) throws {
    switch try decoder.container(keyedBy: Key.self).decode(Kind.self, forKey: .kind) {
    case .step: self = .step(try StepRecord(from: decoder))
    case .evaluation: self = .evaluation(try EvaluationRecord(from: decoder))
    case .adaptation: self = .adaptation(try AdaptationRecord(from: decoder))
    }
  }

  /// Writes the record's fields beside the field `kind`.
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
