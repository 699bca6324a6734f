/// The number by which the sums of a proposal head's losses are divided.
public enum ProposalNormalizer: Sendable, Equatable {
  /// As many anchors as are sampled of each image if there are enough: a fixed number, times the number of images.
  ///
  /// - Source: Wu et al., *Detectron2*, 2019.
  case fixed(anchorsPerImage: Int)
  /// The number of anchors that were sampled.
  ///
  /// - Source: TorchVision maintainers, *TorchVision: PyTorch's Computer Vision Library*, 2016.
  case sampled

  /// Returns the divisor, which is at least one.
  func divisor(sampled: Int, images: Int) -> Double {
    switch self {
    case .fixed(let anchors): Double(max(1, anchors * images))
    case .sampled: Double(max(1, sampled))
    }
  }
}
