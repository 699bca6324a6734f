/// The results of a network on the validation data after some steps.
public struct EvaluationRecord: Sendable, Codable, Equatable {
  /// The number of steps done.
  public var step: Int
  /// The metrics of all tasks on the validation data.
  public var evaluation: Evaluation
  /// The mean gain over the trivial predictors.
  public var score: Double
}
