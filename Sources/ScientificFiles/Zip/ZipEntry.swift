/// What the directory of a zip archive says about a file in it.
struct ZipEntry: Sendable {
  let name: String
  let isEncrypted: Bool
  let method: Int
  /// CRC-32 of the content.
  let checksum: UInt32
  let compressedCount: Int
  let count: Int
  /// Where the entry's own header lies.
  let headerOffset: Int
}
