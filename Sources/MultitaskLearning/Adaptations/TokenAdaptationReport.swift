import NeuralNetworks

/// What an adaptation of the tokens saw and did.
public struct TokenAdaptationReport: Codable, Sendable, Equatable {
  public let analysis: TokenAnalysis
  public let growth: TokenGrowth
  public let parameterCountBefore: Int
  public let parameterCountAfter: Int
  /// What it took.
  public let seconds: Double

  /// By how much the network grew, as a share of what it was.
  public var gain: Double { Double(parameterCountAfter - parameterCountBefore) / Double(parameterCountBefore) }
}
