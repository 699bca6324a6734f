import Support
import Torch

/// Scales gradients down together when their common norm is too large.
public struct GradientClipping: Sendable {
  /// The largest common norm that gradients keep.
  public let maximumNorm: Double

  /// - Parameter maximumNorm: above 0.
  public init(maximumNorm: Double) {
    require(maximumNorm > 0, "GradientClipping: the maximum norm is \(maximumNorm), but has to be above 0")
    self.maximumNorm = maximumNorm
  }

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
