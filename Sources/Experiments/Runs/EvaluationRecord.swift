/// What a network was worth after some steps.
public struct EvaluationRecord: Sendable, Codable, Equatable {
  /// Steps done.
  public var step: Int
  /// The results.
  public var evaluation: Evaluation
  /// The mean gain over the trivial predictors.
  public var score: Double
}
