import MultitaskLearning

/// How the network changed.
public struct AdaptationRecord: Sendable, Codable, Equatable {
  /// The first step of the changed network.
  public var step: Int
  /// What was seen and done.
  public var report: AdaptationReport
}
