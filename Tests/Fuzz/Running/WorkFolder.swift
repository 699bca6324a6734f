import Foundation
import Support

/// A folder for the files that are read, in memory where the system has such a place.
enum WorkFolder {
  static func with<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let memory = "/dev/shm"
    let parent =
      FileManager.default.isWritableFile(atPath: memory)
      ? URL(fileURLWithPath: memory) : FileManager.default.temporaryDirectory
    let url = parent.appendingPathComponent("polymath-fuzz-\(UUID().uuidString)")
    try FileManager.default.createFolder(url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url)
  }
}
