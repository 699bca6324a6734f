/// A data set that was opened: the tasks that it has ground truth for, and the samples of its splits.
public struct Dataset: Sendable {
  /// All tasks that the data set has ground truth for, also those that were not asked for.
  public let tasks: [VisionTask]
  /// The samples to train on, with the ground truth of the tasks that were asked for.
  public let training: any SampleSource
  /// The samples to validate on, with the ground truth of the tasks that were asked for.
  public let validation: any SampleSource

  /// Creates a data set.
  ///
  /// - Parameters:
  ///   - tasks: all tasks that there is ground truth for.
  ///   - training: the samples to train on, with the ground truth of the tasks that were asked for.
  ///   - validation: the samples to validate on, with the ground truth of the same tasks.
  public init(tasks: [VisionTask], training: any SampleSource, validation: any SampleSource) {
    self.tasks = tasks
    self.training = training
    self.validation = validation
  }
}
