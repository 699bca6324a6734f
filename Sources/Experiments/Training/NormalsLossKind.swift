/// The losses that the papers use for normals.
enum NormalsLossKind: String, CaseIterable {
  case l1
  case cosine
}
