import NeuralNetworks
import Support

/// An adaptation that chooses layers of a transformer by the conflicts of its tasks' gradients at the tokens.
public protocol TokenGrowing: NetworkAdaptation {
  /// The number of samples of the training data that are looked at.
  var sampleCount: Int { get }
  /// The ratio r of what the range space holds of the tokens to what the null space holds.
  var ratio: Double { get }

  /// Returns which layers grow.
  func growth(after analysis: TokenAnalysis, using generator: inout SeededGenerator) -> TokenGrowth
}

extension TokenGrowing {
  /// The adaptation itself.
  public var tokenGrowing: (any TokenGrowing)? { self }
}
