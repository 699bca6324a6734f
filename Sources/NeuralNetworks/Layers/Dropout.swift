import Torch

/// A layer that sets elements to zero at random in training, and scales the others so that the mean stays.
///
/// - Source: Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting*, JMLR 2014.
public struct Dropout: Layer, Sendable {
  /// The probability that an element becomes zero.
  public let probability: Double

  /// Creates a layer that drops elements with a probability of at least 0 and below 1.
  public init(probability: Double) { self.probability = probability }

  /// Returns the input with elements dropped in training, and the input itself in evaluation.
  public func callAsFunction(_ input: Tensor, _ context: ForwardContext) -> Tensor {
    guard probability > 0, let generator = context.generator else { return input }
    let keep = generator.bernoulli(input.shape, probability: 1 - probability, dtype: input.dtype)
    return input * (keep * (1 / (1 - probability))).to(input.device)
  }
}
