import Foundation

extension URL {
  /// Equal for all paths that lead to one file, links followed.
  var fileIdentity: URL { resolvingSymlinksInPath().standardizedFileURL }

  func isSameFile(as other: URL) -> Bool { fileIdentity == other.fileIdentity }
}
