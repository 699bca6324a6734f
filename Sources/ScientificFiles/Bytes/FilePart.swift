import Foundation
import Support

/// What an error is about: a file, or a named part of it.
struct FilePart: Sendable {
  let url: URL
  /// What precedes the reason, such as `the array 'depth'`; nil for the file itself.
  let name: String?

  init(_ url: URL, _ name: String? = nil) {
    self.url = url
    self.name = name
  }

  /// - Parameter reason: the rest of a sentence whose subject is the part.
  func error(_ reason: String) -> FileError { FileError(url, name.map { "\($0) \(reason)" } ?? reason) }
}
