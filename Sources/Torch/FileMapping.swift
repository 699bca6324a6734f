import Foundation
import Support

/// A file's bytes in memory, read when touched. Writing to them changes no file.
final class FileMapping: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  let count: Int

  init(_ url: URL) throws {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(url, system: "cannot be opened") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(url, system: "cannot be read") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(url, "is not a regular file") }
    count = Int(status.st_size)
    guard count > 0 else { throw FileError(url, "is empty") }
    let address = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0)
    guard let address, address != MAP_FAILED else { throw FileError(url, system: "cannot be mapped") }
    start = address
  }

  deinit { munmap(start, count) }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}
