/// What happened in one step, for curves and reports.
public struct StepReport: Sendable, Equatable {
  /// How tasks were grouped.
  public struct Grouping: Sendable, Equatable {
    /// The tasks' positions, group by group, in the order of the updates.
    public let groups: [[Int]]
    /// From source to target, K×K.
    public let affinity: [[Double]]
    /// How many updates there were; more than groups where one is updated twice.
    public let updateCount: Int

    /// - Parameters:
    ///   - groups: the tasks of each group.
    ///   - affinity: from source to target, K×K.
    ///   - updateCount: how many updates there were.
    public init(groups: [[Int]], affinity: [[Double]], updateCount: Int) {
      self.groups = groups
      self.affinity = affinity
      self.updateCount = updateCount
    }
  }

  /// All tasks' losses before the update, over the whole batch; nil for a task without labels.
  public var losses: [Double?]
  /// What each loss counted for; zero for an absent task.
  public var lossWeights: [Double]
  /// The network's penalty before the update; nil if it has none.
  public var penalty: Double?
  /// The inner products of the gradients of the tasks that are present, if the method had them; of a schedule with several
  /// updates, those of the first.
  public var gramian: Gramian?
  /// What was seen if the step was looked at. A step is not looked at if a task lacks labels in a part
  /// of the batch.
  public var diagnostics: GradientDiagnostics?
  /// The groups that were updated, if the schedule has any.
  public var grouping: Grouping?
  /// The priority task of each channel, by the weight's name, if the schedule protects priorities.
  public var channelPriorities: [String: [Int]]?

  /// Creates a report of the losses and what each of them counted for.
  public init(losses: [Double?], lossWeights: [Double]) {
    self.losses = losses
    self.lossWeights = lossWeights
  }
}
