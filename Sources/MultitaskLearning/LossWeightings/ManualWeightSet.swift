/// Weights of losses that publications have chosen for a data set, by the names of tasks.
///
/// - Source: Vandenhende et al., *Multi-Task Learning for Dense Prediction Tasks: A Survey*, TPAMI 2021, and the
///   networks that followed its public code.
public enum ManualWeightSet: String, Sendable, CaseIterable {
  /// Four tasks about rooms: segmentation 1, depth 1, normals 10, edges 50.
  case nyud
  /// Five tasks about photographs: segmentation 1, human parts 2, saliency 5, normals 10, edges 50.
  case pascal

  /// The weights by the tasks' names, of which several are in use for one task.
  public var weights: [String: Double] {
    let common = ["segmentation": 1.0, "semseg": 1, "normals": 10, "edges": 50, "edge": 50]
    return switch self {
    case .nyud: common.merging(["depth": 1]) { $1 }
    case .pascal: common.merging(["parts": 2, "human_parts": 2, "saliency": 5, "sal": 5]) { $1 }
    }
  }
}
