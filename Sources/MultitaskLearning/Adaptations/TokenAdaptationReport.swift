import NeuralNetworks

/// What an adaptation of the tokens saw and did.
public struct TokenAdaptationReport: Codable, Sendable, Equatable {
  /// Where tasks conflict.
  public let analysis: TokenAnalysis
  /// What grew.
  public let growth: TokenGrowth
  /// The number of the network's parameters before.
  public let parameterCountBefore: Int
  /// The number of the network's parameters after.
  public let parameterCountAfter: Int
  /// How long it took, in seconds.
  public let seconds: Double

  /// By how much the network grew, as a fraction of what it was.
  public var gain: Double { Double(parameterCountAfter - parameterCountBefore) / Double(parameterCountBefore) }
}
