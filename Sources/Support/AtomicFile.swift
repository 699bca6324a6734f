import Foundation

/// A file that appears under its name only when all of it has reached the disk.
public struct AtomicFile {
  private let descriptor: Int32
  private let temporary: URL

  /// Writes `url` through `body`. On any error the temporary file goes and whatever `url` held stays.
  ///
  /// - Throws: ``FileError`` (for instance when the disk is full), or what `body` throws.
  public static func write(to url: URL, _ body: (AtomicFile) throws -> Void) throws {
    let temporary = temporary(for: url)
    let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(url, system: "cannot be written") }
    // For as long as this process lives, it says that the file is not a leftover.
    flock(descriptor, LOCK_EX | LOCK_NB)
    do {
      try body(AtomicFile(descriptor: descriptor, temporary: temporary))
      guard fsync(descriptor) == 0 else { throw FileError(url, system: "cannot be written") }
      close(descriptor)
    } catch {
      close(descriptor)
      unlink(temporary.path)
      throw error
    }
    guard rename(temporary.path, url.path) == 0 else {
      let error = FileError(url, system: "cannot be replaced")
      unlink(temporary.path)
      throw error
    }
    // The new name has to be on the disk before anything that it replaces may go.
    let folder = open(url.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  /// Writes `url` with the given contents.
  ///
  /// - Throws: ``FileError``, for instance when the disk is full.
  public static func write(_ data: Data, to url: URL) throws {
    try write(to: url) { file in try data.withUnsafeBytes { try file.write($0) } }
  }

  /// Appends bytes.
  ///
  /// - Throws: ``FileError``, for instance when the disk is full.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw FileError(temporary, system: "cannot be written")
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }
}
