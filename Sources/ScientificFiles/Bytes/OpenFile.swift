import Foundation
import Support

/// A regular file that is open, and read at any place.
final class OpenFile: Sendable {
  let url: URL
  /// The bytes that it has.
  let count: Int
  private let descriptor: Int32

  /// - Throws: `FileError` for a file that is missing, empty, or none.
  init(_ url: URL) throws {
    self.url = url
    // A pipe must not keep the call waiting: it is refused below.
    descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw FileError.unreadable(url, "cannot be opened: \(String(cString: strerror(errno)))")
    }
    var status = stat()
    let hasStatus = fstat(descriptor, &status) == 0
    count = hasStatus ? Int(status.st_size) : 0
    guard hasStatus, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError(url, "is not a regular file")
    }
    guard count > 0 else {
      close(descriptor)
      throw FileError(url, "is empty")
    }
  }

  deinit { close(descriptor) }

  /// Fills a buffer with the bytes that start at an offset.
  ///
  /// - Throws: `FileError` if there are fewer.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw FileError(url, "cannot be read: \(String(cString: strerror(errno)))")
      }
      guard count > 0 else {
        throw FileError(url, "ends at byte \(offset + done), where \(buffer.count - done) more are needed")
      }
      done += count
    }
  }

  /// The bytes of a range, which has to lie within the file.
  func bytes(_ range: Range<Int>) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initializedCount in
      let part = UnsafeMutableBufferPointer(rebasing: buffer[..<range.count])
      try read(into: UnsafeMutableRawBufferPointer(part), at: range.lowerBound)
      initializedCount = range.count
    }
  }
}
