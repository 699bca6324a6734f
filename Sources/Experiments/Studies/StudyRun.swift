/// One training of a study.
public struct StudyRun: Sendable, Equatable {
  /// What is shown while the run is trained: label and seed.
  public let title: String
  /// Of its folder.
  public let name: String
  /// The run's whole configuration.
  public let configuration: Configuration
}
