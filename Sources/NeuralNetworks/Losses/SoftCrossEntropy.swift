import Torch

/// The mean cross-entropy of logits with the probabilities of classes, over the images of which these are known.
///
///     L = −Σᵢ Σ_c p_ic log softmax(zᵢ)_c / number of known images
///
/// Prediction and target: batch × classes; the mask is of one channel.
///
/// - Source: Szegedy et al., *Rethinking the Inception Architecture for Computer Vision*, CVPR 2016, section 7.
public struct SoftCrossEntropy: Loss {
  /// Creates the loss.
  public init() {}

  /// Counts the known images.
  public func labelCounts(in target: Labels) -> LabelCounts { LabelCounts(known: target.known, of: target.count) }

  /// The mean cross-entropy over the known images.
  public func callAsFunction(_ prediction: Tensor, _ target: Labels, balance: LabelCounts) -> Tensor {
    let products = target.values * prediction.to(.float32).logSoftmax(axis: 1)
    let sum = -(target.known.map { products.filled(0, where: .!$0) } ?? products).sum()
    return sum.divided(byCountOf: target.known, all: target.count)
  }
}
