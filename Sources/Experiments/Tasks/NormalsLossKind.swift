/// The loss of surface normals.
public enum NormalsLossKind: String, Sendable, CaseIterable {
  /// The L1 distance, as in publications.
  case l1
  /// The cosine distance, which learns faster from random weights.
  case cosine
}
