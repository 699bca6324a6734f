/// Bytes that are read one after another.
protocol ByteStream: AnyObject {
  /// What errors are about.
  var part: FilePart { get }
  /// How many bytes there are yet, as far as is known.
  var remaining: Int { get }

  /// Fills a buffer with the next bytes.
  ///
  /// - Throws: `FileError` if there are fewer, or they are damaged.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws
}

extension ByteStream {
  /// - Throws: `FileError` if fewer bytes remain.
  func requireRemaining(_ count: Int) throws {
    guard count <= remaining else {
      throw part.error("ends early: \(count) more bytes are needed, and \(remaining) follow")
    }
  }

  /// The next bytes.
  ///
  /// - Throws: `FileError` if there are fewer, or they are damaged.
  func bytes(_ count: Int) throws -> [UInt8] {
    try requireRemaining(count)
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      try read(into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count])))
      initializedCount = count
    }
  }
}
