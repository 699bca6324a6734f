/// What happened in one step, for curves and reports.
public struct StepReport: Sendable, Equatable {
  /// How tasks were grouped.
  public struct Grouping: Sendable, Equatable {
    public let groups: [[Int]]
    /// From source to target, K×K.
    public let affinity: [[Double]]
    /// How many updates there were; more than groups where one is updated twice.
    public let updateCount: Int
  }

  /// All tasks' losses before the update, averaged over the step's batches.
  public var losses: [Double]
  /// What each loss counted for.
  public var lossWeights: [Double]
  /// The inner products of the tasks' gradients, where the method had them.
  public var gramian: Gramian?
  /// What was seen where the step was looked at.
  public var diagnostics: GradientDiagnostics?
  /// The groups that were updated, where the schedule has any.
  public var grouping: Grouping?
  /// The priority task of each channel, by the weight's name, where the schedule protects priorities.
  public var channelPriorities: [String: [Int]]?

  public init(losses: [Double], lossWeights: [Double]) {
    self.losses = losses
    self.lossWeights = lossWeights
  }
}
