import NeuralNetworks

/// Where the tasks' gradients are looked at.
public enum GradientLevel: String, Sendable, CaseIterable, Codable {
  /// With respect to the parameters that all tasks share: a backward pass through the whole network for each task.
  case parameters
  /// With respect to the features that the encoder hands to the decoders: one backward pass through the encoder.
  case features
}

extension ParameterRange {
  /// Whether the elements of a range of what every task reaches are combined by the aggregator: as columns of G, or through
  /// the features. The others follow the weighted sum of the losses.
  func isAggregated(at level: GradientLevel) -> Bool { !isFrozen && (level == .parameters || stage == .trunk) }
}
