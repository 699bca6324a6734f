import Support
import Torch

/// Scales gradients down together when their common norm is too large.
///
/// - Source: Pascanu et al., *On the Difficulty of Training Recurrent Neural Networks*, ICML 2013, algorithm 1.
public struct GradientClipping: Sendable {
  /// The largest common norm that gradients keep.
  public let maximumNorm: Double

  /// Creates the clipping.
  ///
  /// - Parameter maximumNorm: above 0; another number stops the process.
  public init(maximumNorm: Double) {
    require(maximumNorm > 0, "GradientClipping: the maximum norm is \(maximumNorm), but has to be above 0")
    self.maximumNorm = maximumNorm
  }

  /// Multiplies all gradients in place by one factor if the norm of all of them together exceeds the maximum.
  ///
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
