/// How wrong normals are.
public enum NormalsLossKind: String, Sendable, CaseIterable {
  /// As in the papers.
  case l1
  /// Learns faster from nothing.
  case cosine
}
