import Torch

/// The tasks' gradients with respect to what they share: the rows of G ∈ R^(K×d).
///
/// Methods that only need inner products ask for no more than these, so that G need not be held at all.
public protocol TaskGradients: AnyObject {
  var taskCount: Int { get }
  /// d.
  var width: Int { get }
  /// What the columns belong to, in their order; empty if that is not known.
  var segments: [GradientSegment] { get }

  var gramian: Gramian { get }

  /// The inner products within each range of columns.
  func gramians(of ranges: [Range<Int>]) -> [Gramian]

  /// A vector of d zeros, where the gradients live.
  func makeDirection() -> Tensor

  /// Writes `Gᵀ w`, with weights of its own for each range of columns.
  ///
  /// - Parameter direction: d elements; what lies outside of the ranges, or belongs to nothing, stays.
  func combine(_ weights: [[Double]], over ranges: [Range<Int>], into direction: Tensor)
}

extension TaskGradients {
  /// `Gᵀ w`, a new vector of d elements.
  public func combined(_ weights: [Double]) -> Tensor { combined([weights], over: [0..<width]) }

  /// As ``combine(_:over:into:)``, in a new vector.
  public func combined(_ weights: [[Double]], over ranges: [Range<Int>]) -> Tensor {
    let direction = makeDirection()
    combine(weights, over: ranges, into: direction)
    return direction
  }
}
