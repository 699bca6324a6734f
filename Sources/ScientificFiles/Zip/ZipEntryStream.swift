import CZlib
import Support

/// The content of an entry of a zip archive.
final class ZipEntryStream: ByteStream {
  let part: FilePart
  private let entry: ZipEntry
  private let content: any ByteStream
  /// Reads what belongs to the compressed data behind their last byte.
  private let finishContent: () throws -> Void
  private var checksum: UInt = 0

  /// - Throws: `FileError` for an entry that lies beyond the file's end, is encrypted, or is compressed otherwise than by
  ///   deflate.
  init(_ entry: ZipEntry, of file: OpenFile, part: FilePart) throws {
    guard !entry.isEncrypted else { throw part.error("is encrypted, which is not read: save it without a password") }
    let stored = FileStream(file, try Self.dataRange(of: entry, in: file, part), part: part)
    switch entry.method {
    case 0:
      guard entry.count == entry.compressedCount else {
        throw part.error("is damaged: \(entry.count) bytes are stored in \(entry.compressedCount)")
      }
      (content, finishContent) = (stored, {})
    case 8:
      // A size that is not believed allocates nothing.
      guard entry.count <= InflatedStream.mostBytes(from: entry.compressedCount) else {
        throw part.error(
          "is damaged: \(entry.compressedCount) compressed bytes cannot hold the \(entry.count) that it says")
      }
      let inflated = try InflatedStream(stored, .raw, count: entry.count)
      (content, finishContent) = (inflated, inflated.finish)
    default:
      throw part.error(
        "is compressed by method \(entry.method) of zip: stored (0) and deflated (8) entries are read, as "
          + "numpy.savez and numpy.savez_compressed write them")
    }
    self.entry = entry
    self.part = part
  }

  var remaining: Int { content.remaining }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    try content.read(into: buffer)
    guard let start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
    checksum = crc32_z(checksum, start, buffer.count)
  }

  /// Reads what is left, and compares the checksum.
  ///
  /// - Throws: `FileError` if the content is not what was written.
  func finish() throws {
    while remaining > 0 { _ = try bytes(min(65_536, remaining)) }
    try finishContent()
    guard checksum == UInt(entry.checksum) else {
      throw part.error("is damaged: its checksum is not that of its content")
    }
  }

  private static let headerCount = 30

  private static func dataRange(of entry: ZipEntry, in file: OpenFile, _ part: FilePart) throws -> Range<Int> {
    guard entry.headerOffset <= file.count - headerCount else { throw part.error("lies beyond the end of the file") }
    let header = try file.bytes(entry.headerOffset..<(entry.headerOffset + headerCount))
    let order = ByteOrder.little
    guard order.number(header, at: 0, as: UInt32.self) == 0x0403_4B50 else {
      throw part.error("is damaged: it does not lie where the archive's directory says")
    }
    let start =
      entry.headerOffset + headerCount + Int(order.number(header, at: 26, as: UInt16.self))
      + Int(order.number(header, at: 28, as: UInt16.self))
    guard start <= file.count, entry.compressedCount <= file.count - start else {
      throw part.error("lies beyond the end of the file: it is cut off")
    }
    return start..<(start + entry.compressedCount)
  }
}
