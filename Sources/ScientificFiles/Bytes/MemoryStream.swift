import Support

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
