import Torch

/// An aggregator that only chooses K weights, and only needs the inner products for it.
public protocol GramianWeighting: GradientAggregator {
  /// - Parameter gramian: `G Gᵀ`, K×K.
  /// - Returns: K weights `w`; the direction is `Gᵀ w`.
  mutating func weights(
    for gramian: Gramian, losses: [Double], using generator: inout SeededGenerator
  ) throws -> [Double]
}

extension GramianWeighting {
  public mutating func writeDirection(
    of gradients: any TaskGradients, losses: [Double], into direction: Tensor,
    using generator: inout SeededGenerator
  ) throws {
    let weights = try weights(for: gradients.gramian, losses: losses, using: &generator)
    gradients.combine([weights], over: [0..<gradients.width], into: direction)
  }
}
