/// A data set that was opened: the tasks that it has ground truth for, and the samples of its splits.
public struct Dataset: Sendable {
  /// All tasks that the data set has ground truth for, also those that were not asked for.
  public let tasks: [VisionTask]
  /// The samples to train on, with the ground truth of the tasks that were asked for.
  public let training: any SampleSource
  /// The samples to validate on, with the ground truth of the tasks that were asked for.
  public let validation: any SampleSource
  /// What a person is to know about the choice of the samples; nil if there is nothing to say.
  public let note: String?

  /// Creates a data set.
  ///
  /// - Parameters:
  ///   - tasks: everything that there is ground truth for.
  ///   - training: samples with the ground truth of the tasks that were asked for.
  ///   - validation: as `training`.
  ///   - note: what a person is to know about the choice of the samples; nil, by default, if there is nothing to say.
  public init(
    tasks: [VisionTask], training: any SampleSource, validation: any SampleSource, note: String? = nil
  ) {
    self.tasks = tasks
    self.training = training
    self.validation = validation
    self.note = note
  }
}
