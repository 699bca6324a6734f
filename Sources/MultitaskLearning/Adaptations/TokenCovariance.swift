import Torch

/// The uncentered covariance of tokens, `C = (1/n) Σ T Tᵀ` over n samples, summed as they come: no token is kept.
///
/// - Source: the paper on token modulation and expansion, equation 1.
public struct TokenCovariance {
  /// Width × width: each batch's product in float32, their sum in float64.
  private var sum: Tensor?
  /// The number of samples so far, n.
  public private(set) var sampleCount = 0

  /// A covariance of no samples yet.
  public init() {}

  /// - Parameter tokens: batch × tokens × width.
  public mutating func add(_ tokens: Tensor) {
    withoutGradients {
      let rows = tokens.detached().to(.float32).reshaped([-1, tokens.shape[2]])
      let product = rows.transposed(0, 1).matmul(rows).to(.float64)
      if let sum { sum.add(inPlace: product) } else { sum = product }
    }
    sampleCount += tokens.shape[0]
  }

  /// - Precondition: samples were added.
  public var matrix: Tensor {
    guard let sum else { fatalError("no tokens were seen") }
    return withoutGradients { sum / Double(sampleCount) }
  }
}
