import Foundation

extension URL {
  /// The location with links resolved, which is equal for all paths that lead to the same file.
  var fileIdentity: URL { resolvingSymlinksInPath().standardizedFileURL }

  func isSameFile(as other: URL) -> Bool { fileIdentity == other.fileIdentity }
}
