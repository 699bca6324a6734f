/// A zip archive, written byte by byte.
public struct ZipBytes: Sendable {
  public struct Entry: Sendable {
    public var name: String
    public var content: [UInt8]
    public var method: Int
    public var flags = 0
    /// In place of the content's own.
    public var checksum: UInt32?
    /// In place of the content's own size.
    public var claimedCount: Int?

    /// - Parameter method: 0 stores the content, 8 deflates it.
    public init(name: String, content: [UInt8], method: Int = 0, claimedCount: Int? = nil) {
      (self.name, self.content, self.method, self.claimedCount) = (name, content, method, claimedCount)
    }
  }

  public var entries: [Entry]
  /// Whether the directory has its sizes and places as 64-bit numbers.
  public var isZip64 = false
  public var comment: [UInt8] = []

  public init(_ entries: [Entry]) { self.entries = entries }

  public var bytes: [UInt8] {
    var (file, directory): ([UInt8], [UInt8]) = ([], [])
    for entry in entries {
      let stored = entry.method == 8 ? Self.deflated(entry.content) : entry.content
      let (count, offset, name) = (entry.claimedCount ?? entry.content.count, file.count, Array(entry.name.utf8))
      let checksum = Int(entry.checksum ?? Self.checksum(entry.content))
      let start =
        Self.little(entry.flags, 2) + Self.little(entry.method, 2) + Self.little(0, 4) + Self.little(checksum, 4)
      // The entry's own header leaves its sizes open, as NumPy's do.
      file += [0x50, 0x4B, 3, 4] + Self.little(45, 2) + start + Self.little(-1, 4) + Self.little(-1, 4)
      file += Self.little(name.count, 2) + Self.little(20, 2) + name
      file += Self.little(1, 2) + Self.little(16, 2) + Self.little(count, 8) + Self.little(stored.count, 8) + stored
      let wide = Self.little(1, 2) + Self.little(24, 2) + [count, stored.count, offset].flatMap { Self.little($0, 8) }
      // Behind an extra field of another kind.
      let extra = isZip64 ? Self.little(0x5455, 2) + Self.little(1, 2) + [9] + wide : []
      directory += [0x50, 0x4B, 1, 2] + Self.little(45, 2) + Self.little(45, 2) + start
      directory += Self.little(isZip64 ? -1 : stored.count, 4) + Self.little(isZip64 ? -1 : count, 4)
      directory += Self.little(name.count, 2) + Self.little(extra.count, 2) + Self.little(0, 10)
      directory += Self.little(isZip64 ? -1 : offset, 4) + name + extra
    }
    return file + directory + end(directoryAt: file.count, count: directory.count)
  }

  private func end(directoryAt offset: Int, count: Int) -> [UInt8] {
    var end: [UInt8] = []
    if isZip64 {
      end += [0x50, 0x4B, 6, 6] + Self.little(44, 8) + Self.little(45, 2) + Self.little(45, 2) + Self.little(0, 8)
      end +=
        Self.little(entries.count, 8) + Self.little(entries.count, 8) + Self.little(count, 8) + Self.little(offset, 8)
      end += [0x50, 0x4B, 6, 7] + Self.little(0, 4) + Self.little(offset + count, 8) + Self.little(1, 4)
    }
    let small = isZip64 ? -1 : entries.count
    end += [0x50, 0x4B, 5, 6] + Self.little(0, 4) + Self.little(small, 2) + Self.little(small, 2)
    end += Self.little(isZip64 ? -1 : count, 4) + Self.little(isZip64 ? -1 : offset, 4)
    return end + Self.little(comment.count, 2) + comment
  }

  public static func little(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
  }

  /// Deflate's blocks that are stored as they are.
  public static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    let parts = stride(from: 0, to: max(1, bytes.count), by: 65_535).map { bytes[$0..<min(bytes.count, $0 + 65_535)] }
    return parts.enumerated().flatMap { index, part in
      [index == parts.count - 1 ? 1 : 0] + little(part.count, 2) + little(~part.count, 2) + part
    }
  }

  /// CRC-32.
  public static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0 as UInt32) { (sum: UInt32, byte: UInt8) -> UInt32 in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
  }

  /// The checksum at the end of a zlib stream.
  public static func adler(_ bytes: [UInt8]) -> [UInt8] {
    var (a, b) = (1, 0)
    for byte in bytes { (a, b) = ((a + Int(byte)) % 65521, (b + a + Int(byte)) % 65521) }
    return little(b << 16 | a, 4).reversed()
  }
}
