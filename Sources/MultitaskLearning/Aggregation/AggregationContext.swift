import Support

/// What an aggregator is told beside the gradients: whose rows they are, their losses, and where random numbers come from.
public struct AggregationContext: Sendable {
  /// Which of all tasks the rows belong to, ascending: the tasks that have labels in this step.
  ///
  /// What an aggregator remembers of the others stays as it is.
  public let tasks: [Int]
  /// The number of all tasks, whether or not they have labels in this step.
  public let taskCount: Int
  /// The losses of ``tasks``, at the same point.
  public let losses: [Double]
  /// The source of every random number that the aggregator draws.
  public var generator: SeededGenerator

  /// A context in which some of the tasks have a row.
  ///
  /// - Parameters:
  ///   - tasks: whose rows they are, ascending.
  ///   - taskCount: the number of all tasks.
  ///   - losses: one for each of `tasks`; empty for aggregators that do not look at losses.
  ///   - generator: where random numbers come from.
  public init(tasks: [Int], taskCount: Int, losses: [Double], generator: SeededGenerator) {
    self.tasks = tasks
    self.taskCount = taskCount
    self.losses = losses
    self.generator = generator
  }

  /// A context in which every task has a row.
  ///
  /// - Parameters:
  ///   - taskCount: the number of tasks.
  ///   - losses: one for each task; defaults to an empty list, for aggregators that do not look at losses.
  ///   - generator: where random numbers come from.
  public init(taskCount: Int, losses: [Double] = [], generator: SeededGenerator) {
    self.init(tasks: Array(0..<taskCount), taskCount: taskCount, losses: losses, generator: generator)
  }
}
