import Torch

/// In training, drops a residual branch for whole samples at random.
///
/// - Source: Huang et al., *Deep Networks with Stochastic Depth*, ECCV 2016.
public struct StochasticDepth: Layer, Sendable {
  public let probability: Double

  public init(probability: Double) { self.probability = probability }

  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    guard probability > 0, let generator = context.generator else { return input }
    let shape = [input.shape[0]] + [Int](repeating: 1, count: input.rank - 1)
    let keep = generator.bernoulli(shape, probability: 1 - probability, dtype: input.dtype)
    return input * (keep * (1 / (1 - probability))).to(input.device)
  }
}
