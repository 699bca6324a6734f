import Support

/// Where a variable lies in a MATLAB file.
struct MATVariable: Sendable {
  /// The content of the variable's element, without its tag.
  private let range: Range<Int>
  private let isCompressed: Bool

  /// A name, and what precedes it, takes less.
  private static let headCount = 4096

  /// The variables of a file, in its order.
  ///
  /// - Throws: `FileError` if the file ends within one, or holds something else.
  static func all(in file: OpenFile, _ byteOrder: ByteOrder) throws -> [MATVariable] {
    var (variables, position): ([MATVariable], Int) = ([], MATFileHeader.count)
    while position < file.count {
      let start = position + MATElement.tagCount
      guard start <= file.count else { throw FileError(file.url, "ends early, at byte \(position) within a tag") }
      let tag = try file.bytes(position..<start)
      let (type, size) = (
        byteOrder.number(tag, at: 0, as: UInt32.self), Int(byteOrder.number(tag, at: 4, as: UInt32.self))
      )
      guard type == MATElement.compressed || type == MATElement.matrix else {
        throw FileError(file.url, "is damaged: at byte \(position) is an element of type \(type), not a variable")
      }
      guard size <= file.count - start else {
        throw FileError(
          file.url, "ends early: the variable at byte \(position) takes \(size) bytes, and \(file.count - start) follow"
        )
      }
      let isCompressed = type == MATElement.compressed
      variables.append(MATVariable(range: start..<(start + size), isCompressed: isCompressed))
      position = start + (isCompressed ? size : MATElement.padded(size))
    }
    return variables
  }

  /// The name of the variable; empty for MATLAB's own data.
  func name(in file: OpenFile, _ byteOrder: ByteOrder) throws -> String {
    let part = FilePart(file.url, "the variable at byte \(range.lowerBound - MATElement.tagCount)")
    var parser = MATParser(try content(in: file, byteOrder, part: part, limit: Self.headCount), byteOrder, part)
    return try parser.header().name
  }

  /// The bytes of the variable's element, inflated.
  ///
  /// - Parameter limit: the most bytes that are read; all when left out.
  func content(in file: OpenFile, _ byteOrder: ByteOrder, part: FilePart, limit: Int = .max) throws -> [UInt8] {
    let stored = FileStream(file, range, part: part)
    guard isCompressed else { return try stored.bytes(min(limit, stored.remaining)) }
    let inflated = try InflatedStream(stored, .zlib)
    let tag = try inflated.bytes(MATElement.tagCount)
    let size = Int(byteOrder.number(tag, at: 4, as: UInt32.self))
    guard byteOrder.number(tag, at: 0, as: UInt32.self) == MATElement.matrix, size <= inflated.remaining else {
      throw part.error("is damaged: \(range.count) compressed bytes say that they hold \(size), or no variable")
    }
    guard size <= limit else { return try inflated.bytes(limit) }
    let bytes = try inflated.bytes(size)
    try inflated.finish()
    return bytes
  }
}
