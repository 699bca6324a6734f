import Foundation
import Support

/// Where inputs are kept that must not be lost, each with what it did.
struct FindingFolder {
  let url: URL

  init(_ url: URL) { self.url = url }

  /// - Returns: the input's file.
  @discardableResult
  func keep(_ input: [UInt8], subject: String, index: Int, reason: String) throws -> URL {
    try FileManager.default.createFolder(url)
    let file = url.appendingPathComponent("\(subject)-\(index).input")
    try Data(input).write(to: file)
    try Data((reason + "\n").utf8).write(to: reasonFile(of: file))
    return file
  }

  /// Adds to what is known of an input.
  func add(_ text: String, to input: URL) throws {
    let handle = try FileHandle(forWritingTo: reasonFile(of: input))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }

  private func reasonFile(of input: URL) -> URL { input.deletingPathExtension().appendingPathExtension("txt") }
}
