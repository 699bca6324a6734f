import Support
import Torch

/// The loss of a mask head: the mean binary cross-entropy over all pixels of the foreground regions of a batch.
///
/// - Source: He et al., *Mask R-CNN*, ICCV 2017, section 3.
public struct MaskLoss: Sendable, Equatable {
  /// Creates the loss.
  public init() {}

  /// Returns the loss; zero if there is no region.
  ///
  /// - Parameters:
  ///   - logits: regions × 1 × height × width.
  ///   - targets: 0 and 1, regions × height × width.
  public func callAsFunction(logits: Tensor, targets: Tensor) -> Tensor {
    let shape = logits.shape
    require(
      shape.count == 4 && shape[1] == 1 && targets.shape == [shape[0], shape[2], shape[3]],
      "\(logits.signature) are no logits of the masks \(targets.signature)")
    let logits = logits.inLossPrecision
    return logits.squeezingAxis(1).binaryCrossEntropySum(targets.to(logits.dtype)) * (1 / Double(max(1, logits.count)))
  }
}
