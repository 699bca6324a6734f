import Torch

/// Scales gradients down together when their common norm is too large.
public struct GradientClipping: Sendable {
  public var maximumNorm: Double

  public init(maximumNorm: Double) { self.maximumNorm = maximumNorm }

  /// - Returns: the norm before clipping.
  @discardableResult
  public func clip(_ gradients: [Tensor]) -> Double {
    withoutGradients {
      let norm = gradients.reduce(0) { $0 + $1.norm().squared().item }.squareRoot()
      if norm > maximumNorm {
        for gradient in gradients { gradient.multiply(inPlace: maximumNorm / (norm + 1e-6)) }
      }
      return norm
    }
  }
}
