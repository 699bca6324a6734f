import Support
import Torch

/// The losses of a box head on the sampled regions of a batch.
///
///     cls = mean over sampled regions of softmax cross-entropy(logits, label)
///     det = Σ over foreground regions of Σ₄ smooth L1(delta − target) / number of sampled regions
///
/// - Source: Girshick, *Fast R-CNN*, ICCV 2015, equation 1; the divisor of the second: Wu et al., *Detectron2*, 2019.
public struct RegionLosses: Sendable, Equatable {
  /// The loss of a difference of deltas.
  public var difference: SmoothL1

  /// The class of an object among a box head's logits.
  static let objectClass = 0
  /// The class of the background among a box head's logits.
  static let backgroundClass = 1

  /// Creates the losses, by default with absolute differences.
  public init(difference: SmoothL1 = SmoothL1()) { self.difference = difference }

  /// Returns the loss of the logits; zero if there are none.
  ///
  /// - Parameters:
  ///   - logits: of the sampled regions of all images, regions × 2: object and background.
  ///   - isForeground: whether each of them belongs to an object.
  public func classLoss(logits: Tensor, isForeground: [Bool]) -> Tensor {
    require(
      logits.shape == [isForeground.count, 2],
      "\(logits.signature) are not the logits of \(isForeground.count) regions")
    let labels = Tensor(isForeground.map { $0 ? Self.objectClass : Self.backgroundClass }).to(logits.device)
    return logits.inLossPrecision.crossEntropySum(labels, ignoring: -1) * (1 / Double(max(1, isForeground.count)))
  }

  /// Returns the loss of the deltas; zero if there are none.
  ///
  /// - Parameters:
  ///   - deltas: of the foreground regions of all images, regions × 4.
  ///   - targets: the deltas of their objects.
  ///   - sampled: the number of all sampled regions.
  public func boxLoss(deltas: Tensor, targets: [BoxDeltas], sampled: Int) -> Tensor {
    difference.sum(of: deltas, targets) * (1 / Double(max(1, sampled)))
  }
}
