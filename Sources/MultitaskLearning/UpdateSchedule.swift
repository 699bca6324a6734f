/// Answers: which tasks update when?
public protocol UpdateSchedule: Checkpointed, Sendable {
  /// Performs the updates for one batch.
  ///
  /// - Throws: ``NonFiniteError`` before any parameter has changed; ``MethodError`` from the method's parts.
  mutating func step(_ update: MultitaskUpdate) throws -> StepReport
}

/// What happened in one step, for curves and reports.
public struct StepReport: Sendable, Equatable {
  /// The tasks' losses before the update, averaged over the step's batches.
  public var losses: [Double]
  /// What each loss counted for.
  public var lossWeights: [Double]
  /// The inner products of the tasks' gradients, where the method had them.
  public var gramian: Gramian?
  /// What was seen where the step was looked at.
  public var diagnostics: GradientDiagnostics?

  public init(losses: [Double], lossWeights: [Double]) {
    self.losses = losses
    self.lossWeights = lossWeights
  }
}
