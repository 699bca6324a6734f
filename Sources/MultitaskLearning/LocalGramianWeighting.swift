import Torch

/// An aggregator that chooses K weights for each of several parts of the network, from the inner products there.
public protocol LocalGramianWeighting: GradientAggregator {
  var granularity: Granularity { get }

  /// - Parameter gramians: of each part.
  /// - Returns: K weights for each part.
  mutating func weights(
    for gramians: [Gramian], losses: [Double], using generator: inout SeededGenerator
  ) throws -> [[Double]]
}

extension LocalGramianWeighting {
  public mutating func writeDirection(
    of gradients: any TaskGradients, losses: [Double], into direction: Tensor,
    using generator: inout SeededGenerator
  ) throws {
    let ranges = granularity.ranges(of: gradients)
    let weights = try weights(for: gradients.gramians(of: ranges), losses: losses, using: &generator)
    gradients.combine(weights, over: ranges, into: direction)
  }
}
