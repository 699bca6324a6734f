import Support
import Torch

/// The losses of a proposal head on the sampled anchors of a batch.
///
///     rcls = Σ over sampled anchors of binary cross-entropy(logit, foreground) / normalizer
///     rdet = Σ over sampled foreground anchors of Σ₄ smooth L1(delta − target) / normalizer
///
/// - Source: Ren et al., *Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks*, NeurIPS 2015,
///   equation 1.
public struct ProposalLosses: Sendable, Equatable {
  /// The loss of a difference of deltas.
  public var difference: SmoothL1
  /// The divisor of both sums.
  public var normalizer: ProposalNormalizer

  /// Creates the losses, by default with absolute differences.
  public init(
    difference: SmoothL1 = SmoothL1(), normalizer: ProposalNormalizer = .fixed(anchorsPerImage: 256)
  ) {
    self.difference = difference
    self.normalizer = normalizer
  }

  /// Returns the loss of the logits; zero if there are none.
  ///
  /// - Parameters:
  ///   - logits: of the sampled anchors of all images.
  ///   - isForeground: whether each of them belongs to an object.
  ///   - images: the number of images.
  public func classLoss(logits: Tensor, isForeground: [Bool], images: Int) -> Tensor {
    require(
      logits.shape == [isForeground.count], "\(logits.signature) are not the logits of \(isForeground.count) anchors")
    let logits = logits.inLossPrecision
    let targets = Tensor(isForeground).to(logits.dtype).to(logits.device)
    return logits.binaryCrossEntropySum(targets)
      * (1 / normalizer.divisor(sampled: isForeground.count, images: images))
  }

  /// Returns the loss of the deltas; zero if there are none.
  ///
  /// - Parameters:
  ///   - deltas: of the sampled foreground anchors of all images, anchors × 4.
  ///   - targets: the deltas of their objects.
  ///   - sampled: the number of all sampled anchors.
  ///   - images: the number of images.
  public func boxLoss(deltas: Tensor, targets: [BoxDeltas], sampled: Int, images: Int) -> Tensor {
    difference.sum(of: deltas, targets) * (1 / normalizer.divisor(sampled: sampled, images: images))
  }
}

extension SmoothL1 {
  /// The sum over all boxes and their four deltas.
  func sum(of deltas: Tensor, _ targets: [BoxDeltas]) -> Tensor {
    require(deltas.shape == [targets.count, 4], "\(deltas.signature) are not the deltas of \(targets.count) boxes")
    let deltas = deltas.inLossPrecision
    return self(deltas - targets.tensor(dtype: deltas.dtype, device: deltas.device)).sum()
  }
}
