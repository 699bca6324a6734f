import Foundation
import Support
import Torch

/// Keeps a second process out of a folder while one works there. The system lifts it when the process ends, however it
/// ends.
final class FolderLock {
  static let fileName = ".lock"

  private let descriptor: Int32

  /// - Parameter work: what the other process is doing, for the error.
  /// - Throws: `FileError` while another process works there.
  init(_ folder: URL, work: String) throws {
    let file = folder.appendingPathComponent(Self.fileName)
    descriptor = open(file.path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw FileError(file, "cannot be written: \(String(cString: strerror(errno)))") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw FileError(folder, "another process is \(work) there")
    }
  }

  deinit { close(descriptor) }
}
