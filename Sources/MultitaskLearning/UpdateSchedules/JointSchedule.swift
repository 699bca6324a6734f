/// One forward pass, all tasks together, one update.
public struct JointSchedule: UpdateSchedule {
  /// The schedule has no parameters.
  public init() {}

  /// All tasks share the passes of the one update.
  public var passes: UpdatePasses { .joint }

  /// Performs the updates for one batch.
  public func step(_ update: MultitaskUpdate) throws -> StepReport {
    let report = try update.differentiate(update.presentTasks)
    try update.apply(update.presentTasks)
    update.learnWeights(from: report)
    return report
  }
}

extension JointSchedule {
  /// As the registry knows it.
  public static let entry = MethodEntry<any UpdateSchedule>(
    "joint", summary: "All tasks in one update.", paper: "the usual way"
  ) { _ in JointSchedule() }
}
