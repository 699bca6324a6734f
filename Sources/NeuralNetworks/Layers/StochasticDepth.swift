import Torch

/// A layer that drops a residual branch for whole samples at random in training, and scales it for the others.
///
/// - Source: Huang et al., *Deep Networks with Stochastic Depth*, ECCV 2016.
public struct StochasticDepth: Layer, Sendable {
  /// The probability that a sample's branch becomes zero.
  public let probability: Double

  /// Creates a layer that drops branches with a probability of at least 0 and below 1.
  public init(probability: Double) { self.probability = probability }

  /// Returns the branch, batch × …, with samples dropped in training, and the branch itself in evaluation.
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    guard probability > 0, let generator = context.generator else { return input }
    let shape = [input.shape[0]] + [Int](repeating: 1, count: input.rank - 1)
    let keep = generator.bernoulli(shape, probability: 1 - probability, dtype: input.dtype)
    return input * (keep * (1 / (1 - probability))).to(input.device)
  }
}
