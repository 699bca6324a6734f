/// One training of a study.
public struct StudyRun: Sendable, Equatable {
  public let title: String
  /// Of its folder.
  public let name: String
  public let configuration: Configuration
}
