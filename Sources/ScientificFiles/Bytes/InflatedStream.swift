import CZlib
import Foundation
import Support

/// Bytes that a file holds compressed by deflate.
///
/// - Source: RFC 1950 (zlib) and RFC 1951 (deflate).
final class InflatedStream: ByteStream {
  /// What surrounds the compressed bytes.
  enum Wrapping: Int32 {
    /// Nothing, as in zip archives.
    case raw = -15
    /// A header and a checksum.
    case zlib = 15
  }

  let part: FilePart
  private(set) var remaining: Int
  private let source: FileStream
  /// On the heap: zlib remembers where it lies.
  private let state: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  private var hasEnded = false

  private static let inputCount = 65_536

  /// The most bytes that compressed ones may hold: deflate repeats 258 bytes for two bits.
  static func mostBytes(from compressedCount: Int) -> Int {
    let (product, overflow) = compressedCount.multipliedReportingOverflow(by: 258 * 4)
    return overflow ? .max : product
  }

  /// - Parameters:
  ///   - source: the compressed bytes.
  ///   - count: how many bytes they hold; the most that they can hold when left out.
  init(_ source: FileStream, _ wrapping: Wrapping, count: Int? = nil) throws {
    self.source = source
    part = source.part
    remaining = count ?? Self.mostBytes(from: source.remaining)
    state = .allocate(capacity: 1)
    state.initialize(to: z_stream())
    input = .allocate(byteCount: min(Self.inputCount, max(1, source.remaining)), alignment: 16)
    let status = inflateInit2_(state, wrapping.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw part.error("cannot be inflated: there is too little memory") }
  }

  deinit {
    inflateEnd(state)
    state.deallocate()
    input.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    try requireRemaining(buffer.count)
    var rest = buffer[...]
    while !rest.isEmpty {
      guard !hasEnded else { throw part.error("ends early: its compressed data hold fewer bytes than it says") }
      let count = try inflate(into: UnsafeMutableRawBufferPointer(rebasing: rest))
      rest = rest.dropFirst(count)
    }
    remaining -= buffer.count
  }

  /// Reads the end, with the checksum if there is one.
  ///
  /// - Throws: `FileError` if more bytes follow, or the end is damaged.
  func finish() throws {
    while !hasEnded {
      let more = try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { try inflate(into: $0) }
      guard more == 0 else { throw part.error("is damaged: its compressed data hold more bytes than it says") }
    }
  }

  /// The number of bytes that one call gave; none where it needs more input first.
  private func inflate(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if state.pointee.avail_in == 0, source.remaining > 0 { try refill() }
    let count = min(buffer.count, 1 << 30)
    state.pointee.next_out = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
    state.pointee.avail_out = UInt32(count)
    switch CZlib.inflate(state, Z_NO_FLUSH) {
    case Z_OK: break
    case Z_STREAM_END: hasEnded = true
    // There is no more to make of the input, and no more input.
    case Z_BUF_ERROR: throw part.error("ends early: its compressed data are not complete")
    default:
      let reason = state.pointee.msg.map { " (\(String(cString: $0)))" } ?? ""
      throw part.error("is damaged: its compressed data cannot be inflated\(reason)")
    }
    return count - Int(state.pointee.avail_out)
  }

  private func refill() throws {
    let count = min(input.count, source.remaining)
    try source.read(into: UnsafeMutableRawBufferPointer(rebasing: input[..<count]))
    state.pointee.next_in = input.baseAddress!.assumingMemoryBound(to: UInt8.self)
    state.pointee.avail_in = UInt32(count)
  }
}
