import Foundation

extension AtomicFile {
  private static let temporaryEnding = "partial"

  /// Where the bytes of a file lie until all of them are written.
  static func temporary(for url: URL) -> URL {
    url.deletingLastPathComponent().appendingPathComponent(
      ".\(url.lastPathComponent).\(getpid()).\(temporaryEnding)")
  }

  /// Whether a file name is that of a temporary file of some process.
  public static func isTemporary(_ name: String) -> Bool { writer(ofTemporary: name) != nil }

  /// Removes the temporary files that killed processes have left in a folder.
  ///
  /// A process that still lives keeps its own. What cannot be removed stays, as it does no harm.
  public static func removeLeftovers(in folder: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names {
      let file = folder.appendingPathComponent(name)
      guard let writer = writer(ofTemporary: name), isAbandoned(file, by: writer) else { continue }
      unlink(file.path)
    }
  }

  /// The process in a temporary file's name, `.NAME.PID.partial`.
  private static func writer(ofTemporary name: String) -> pid_t? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].isEmpty, parts[parts.count - 1] == temporaryEnding,
      let writer = pid_t(parts[parts.count - 2]), writer > 0
    else { return nil }
    return writer
  }

  private static func isAbandoned(_ file: URL, by writer: pid_t) -> Bool {
    // In containers, the process that was killed often had the number that this one has.
    if writer != getpid(), kill(writer, 0) == 0 || errno == EPERM { return false }
    let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // The process that writes a temporary file holds its lock.
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
    return errno != EWOULDBLOCK && writer != getpid()
  }
}
