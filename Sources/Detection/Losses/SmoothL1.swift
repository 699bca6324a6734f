import Support
import Torch

/// The absolute difference d, which is rounded off around zero: d² / 2β for |d| < β, and |d| − β/2 otherwise.
///
/// With β = 0 it is |d|, whose derivative at zero is zero.
///
/// - Source: Girshick, *Fast R-CNN*, ICCV 2015, equation 3, for β = 1.
public struct SmoothL1: Sendable, Equatable {
  /// The difference from which on the function is linear.
  public var beta: Double

  /// Creates the function; β is at least 0 and defaults to 0.
  public init(beta: Double = 0) {
    require(beta >= 0, "β has to be at least 0, not \(beta)")
    self.beta = beta
  }

  /// Returns the function's value for each difference.
  public func callAsFunction(_ difference: Tensor) -> Tensor {
    let size = difference.abs()
    guard beta > 0 else { return size }
    return (size .< beta).choose(size.squared() * (0.5 / beta), size - 0.5 * beta)
  }
}
