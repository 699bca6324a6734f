/// A training of a study.
public struct StudyRun: Sendable, Equatable {
  /// The name of the run in lists and reports, such as `CAGrad, seed 1`.
  public let title: String
  /// The name of the run's folder, such as `cagrad-seed1`.
  public let name: String
  /// The configuration of the run, with its seed.
  public let configuration: Configuration
}
