import NeuralNetworks

/// What happened in a step of training.
public struct StepRecord: Sendable, Codable, Equatable {
  /// The number of the step, from 1.
  public var step: Int
  /// The losses of the tasks that took part in the step, by name.
  public var losses: [String: Double]
  /// The losses of predictions from within the network, by `task/name`, without their factors in the tasks' losses; nil
  /// if the network has no such predictions.
  public var auxiliaryLosses: [String: Double]?
  /// The network's penalty, which is added to the sum of the losses; nil if it has none.
  public var penalty: Double?
  /// The weights of these tasks' losses, by name.
  public var weights: [String: Double]
  /// The learning rate of the step, after the schedule.
  public var learningRate: Double
  /// The seconds that the whole step took.
  public var seconds: Double
  /// The seconds of the step that were spent waiting for data.
  public var waitSeconds: Double
  /// The diagnostics of the tasks' gradients; nil if they were not observed in this step.
  public var diagnostics: DiagnosticsRecord?
  /// The groups of tasks that were updated, as positions in the configuration; nil if the schedule forms none.
  public var groups: [[Int]]?
  /// The affinity of tasks, from source to target, in every tenth step and the last; nil if the schedule tracks none.
  public var affinity: [[Double]]?
  /// The fraction of each shared convolution's channels that each task has priority for, in every tenth step and the
  /// last; nil if the schedule protects none.
  public var channelShares: [String: [Double]]?
  /// The gates after the step, in every tenth step and the last; nil if the network has none.
  public var gates: GateState?
}
