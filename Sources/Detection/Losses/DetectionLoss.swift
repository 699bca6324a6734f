import Torch

/// One of the seven losses of the robot-vision system, each of which is a task. The raw value is the paper's name.
///
/// - Source: *Robust Analysis of Multi-Task Learning Efficiency: New Benchmarks on Light-Weighed Backbones and Effective
///   Measurement of Multi-Task Learning Challenges by Feature Disentanglement*.
public enum DetectionLoss: String, Sendable, Hashable, CaseIterable {
  /// Whether an anchor belongs to an object.
  case proposalClass = "rcls"
  /// The box of the object that an anchor belongs to.
  case proposalBox = "rdet"
  /// Whether a proposal belongs to an object.
  case objectClass = "cls"
  /// The box of the object that a proposal belongs to.
  case objectBox = "det"
  /// The mask of what can be seen of an object.
  case visibleMask = "vsb"
  /// The mask of the whole object.
  case amodalMask = "amd"
  /// Whether an object is occluded.
  case occlusion = "occ"

  /// Whether the loss is also about what belongs to no object.
  var countsBackground: Bool {
    switch self {
    case .proposalClass, .objectClass: true
    case .proposalBox, .objectBox, .visibleMask, .amodalMask, .occlusion: false
    }
  }
}

extension Tensor {
  /// These numbers as losses compute with them: in double precision if they have it, and in single precision otherwise.
  var inLossPrecision: Tensor { dtype == .float64 ? self : to(.float32) }
}
