/// The public code whose losses are trained with, where codes differ.
///
/// Cross-entropy of classes, absolute errors of depth and the edge loss, whose positives weigh 0.95, are the same in all.
public enum LossFamily: String, Sendable, CaseIterable {
  /// Normals per pixel, as ``vit`` has them, and saliency with one logit, as ``cnn`` has it.
  case mixed
  /// The convolutional multi-task networks: errors of normals per component, a third of those per pixel, and saliency
  /// with one logit, whose positives weigh as much as the fraction of negatives in the batch.
  ///
  /// - Source: Vandenhende et al., *Multi-Task Learning for Dense Prediction Tasks: A Survey*, TPAMI 2021.
  case cnn
  /// The multi-task transformers: errors of normals per pixel, and saliency with a logit for no and one for yes, by
  /// cross-entropy with weighted classes.
  ///
  /// - Source: Ye, Xu, *Inverted Pyramid Multi-Task Transformer for Dense Scene Understanding*, ECCV 2022.
  case vit
}

/// Which losses tasks have, where there is a choice.
struct LossChoice: Sendable, Equatable {
  var normals = NormalsLossKind.l1
  var family = LossFamily.mixed
}
