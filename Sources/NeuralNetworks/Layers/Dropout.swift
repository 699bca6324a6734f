import Torch

/// In training, sets elements to zero at random and scales the others to keep the mean.
///
/// - Source: Srivastava et al., *Dropout*, JMLR 2014.
public struct Dropout: Layer, Sendable {
  public let probability: Double

  public init(probability: Double) { self.probability = probability }

  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    guard probability > 0, let generator = context.generator else { return input }
    let keep = generator.bernoulli(input.shape, probability: 1 - probability, dtype: input.dtype)
    return input * (keep * (1 / (1 - probability))).to(input.device)
  }
}
