import MultitaskLearning

/// A change of the network during training.
public struct AdaptationRecord: Sendable, Codable, Equatable {
  /// The first step of the changed network.
  public var step: Int
  /// What the adaptation found and changed.
  public var report: AdaptationReport
}
