/// A data set that was opened: what it has ground truth for, and the samples of its splits.
public struct Dataset: Sendable {
  /// Everything that the data set has ground truth for, also what was not asked for.
  public let tasks: [VisionTask]
  /// The samples to train on, with the ground truth of the tasks that were asked for.
  public let training: any SampleSource
  /// The samples to validate on, as ``training``.
  public let validation: any SampleSource
  /// What a person is to know about the choice of the samples; nil if there is nothing to say.
  public let note: String?

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
