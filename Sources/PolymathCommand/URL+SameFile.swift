import Foundation

extension URL {
  /// Whether both name one file, links followed.
  func isSameFile(as other: URL) -> Bool {
    resolvingSymlinksInPath().standardizedFileURL == other.resolvingSymlinksInPath().standardizedFileURL
  }
}
