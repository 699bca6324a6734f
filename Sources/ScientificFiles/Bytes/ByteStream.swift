import Support

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

/// A range of a file's bytes.
final class FileStream: ByteStream {
  let part: FilePart
  private let file: OpenFile
  private(set) var position: Int
  private let end: Int

  /// - Parameters:
  ///   - range: lies within the file; all of it when left out.
  ///   - part: what errors are about; the file itself when left out.
  init(_ file: OpenFile, _ range: Range<Int>? = nil, part: FilePart? = nil) {
    let range = range ?? 0..<file.count
    require(range.lowerBound >= 0 && range.upperBound <= file.count, "\(range) is not within \(file.count) bytes")
    self.file = file
    self.part = part ?? FilePart(file.url)
    position = range.lowerBound
    end = range.upperBound
  }

  var remaining: Int { end - position }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    try requireRemaining(buffer.count)
    try file.read(into: buffer, at: position)
    position += buffer.count
  }
}

/// A range of bytes in memory.
final class MemoryStream: ByteStream {
  let part: FilePart
  private let bytes: [UInt8]
  private var range: Range<Int>

  /// - Parameter range: lies within the bytes.
  init(_ bytes: [UInt8], _ range: Range<Int>, part: FilePart) {
    require(range.lowerBound >= 0 && range.upperBound <= bytes.count, "\(range) is not within \(bytes.count) bytes")
    self.bytes = bytes
    self.range = range
    self.part = part
  }

  var remaining: Int { range.count }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    try requireRemaining(buffer.count)
    let next = range.lowerBound..<(range.lowerBound + buffer.count)
    bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[next])) }
    range = next.upperBound..<range.upperBound
  }
}
