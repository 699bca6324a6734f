import Foundation

/// Something wrong with a file: which one, and what.
public struct FileError: Error, CustomStringConvertible, Sendable {
  /// The path of the file.
  public let path: String
  /// What is wrong with it.
  public let reason: String

  /// - Parameters:
  ///   - url: the file.
  ///   - reason: what is wrong with it.
  public init(_ url: URL, _ reason: String) {
    path = url.path
    self.reason = reason
  }

  /// With the system's word for the last failed call.
  package init(_ url: URL, system action: String) {
    self.init(url, "\(action): \(String(cString: strerror(errno)))")
  }

  /// A file that gave nothing: it is not there, or something else is.
  public static func unreadable(_ url: URL, _ reason: String = "cannot be read") -> FileError {
    FileError(url, FileManager.default.fileExists(atPath: url.path) ? reason : "does not exist")
  }

  /// Returns the error with a word on what the file was read for, such as a sample.
  package func adding(_ place: String) -> FileError { FileError(URL(fileURLWithPath: path), "\(reason) (\(place))") }

  /// The path, and what is wrong.
  public var description: String { errorText("\(errorText(path)): \(reason)") }
}
