/// What happened in a step of training.
public struct StepRecord: Sendable, Codable, Equatable {
  /// From 1.
  public var step: Int
  /// Each present task's loss, by name.
  public var losses: [String: Double]
  /// What each present task's loss counted for, by name.
  public var weights: [String: Double]
  /// The learning rate of the step.
  public var learningRate: Double
  /// Of the whole step.
  public var seconds: Double
  /// Of it, waiting for data.
  public var waitSeconds: Double
  /// What was seen of the tasks' gradients, where the step was looked at.
  public var diagnostics: DiagnosticsRecord?
  /// The groups of tasks that were updated, as positions in the configuration, where the schedule has any.
  public var groups: [[Int]]?
  /// How tasks help each other, from source to target, every ten steps.
  public var affinity: [[Double]]?
  /// Of each shared convolution, the share of channels that each task has priority for, in every tenth step that protects them.
  public var channelShares: [String: [Double]]?
}
