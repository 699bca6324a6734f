import Foundation
import Torch

/// Keeps a second process out of a run's folder while one trains there. The system lifts it when the process ends,
/// however it ends.
final class RunLock {
  private let descriptor: Int32

  /// - Throws: ``FileError`` while another process trains there.
  init(_ folder: RunFolder) throws {
    descriptor = open(folder.lock.path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw FileError(folder.lock, "cannot be written: \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw FileError(folder.url, "another process is training there")
    }
  }

  deinit { close(descriptor) }
}
