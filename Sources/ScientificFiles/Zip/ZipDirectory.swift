import Support

/// The directory at the end of a zip archive.
///
/// Sizes are taken from here: the headers beside the data may leave them open.
///
/// - Source: PKWARE, *.ZIP File Format Specification* 6.3, sections 4.3.12 to 4.3.16 and 4.5.3.
struct ZipDirectory {
  private let file: OpenFile
  private let order = ByteOrder.little

  /// - Throws: `FileError` for what is no whole zip archive.
  static func entries(of file: OpenFile) throws -> [ZipEntry] { try ZipDirectory(file: file).entries() }

  private func entries() throws -> [ZipEntry] {
    let location = try location()
    let bytes = try file.bytes(location.range)
    var (entries, position): ([ZipEntry], Int) = ([], 0)
    for _ in 0..<location.entryCount {
      entries.append(try entry(bytes, at: &position))
    }
    return entries
  }

  // MARK: Finding the directory

  private static let endCount = 22
  private static let locatorCount = 20
  private static let zip64EndCount = 56

  private struct Location {
    let range: Range<Int>
    let entryCount: Int
  }

  private func location() throws -> Location {
    // The record at the end, with a comment of at most 65,535 bytes.
    let tailCount = min(file.count, Self.endCount + 65_535)
    let start = file.count - tailCount
    let tail = try file.bytes(start..<file.count)
    guard let place = endRecord(in: tail) else {
      throw problem("is not a whole zip archive, which ends in a directory: it is cut off, or no npz file")
    }
    if let location = try zip64Location(endRecordAt: start + place) { return location }
    let (diskCount, count) = (number16(tail, place + 4), number16(tail, place + 10))
    guard diskCount == 0 else { throw problem("is a part of a zip archive in several files, which is not read") }
    return try location(
      offset: UInt64(number32(tail, place + 16)), count: UInt64(number32(tail, place + 12)),
      entryCount: UInt64(count), end: start + place)
  }

  private func endRecord(in tail: [UInt8]) -> Int? {
    guard tail.count >= Self.endCount else { return nil }
    return (0...(tail.count - Self.endCount)).reversed().first { place in
      tail[place] == 0x50 && number32(tail, place) == 0x0605_4B50
        && place + Self.endCount + Int(number16(tail, place + 20)) <= tail.count
    }
  }

  /// The directory of an archive whose sizes or counts are 64-bit numbers; nil for others.
  private func zip64Location(endRecordAt place: Int) throws -> Location? {
    guard place >= Self.locatorCount + Self.zip64EndCount else { return nil }
    let locator = try file.bytes((place - Self.locatorCount)..<place)
    guard number32(locator, 0) == 0x0706_4B50 else { return nil }
    guard let start = Int(exactly: number64(locator, 8)), start <= place - Self.locatorCount - Self.zip64EndCount else {
      throw problem("is damaged: its zip64 directory lies beyond its end")
    }
    let record = try file.bytes(start..<(start + Self.zip64EndCount))
    guard number32(record, 0) == 0x0606_4B50 else {
      throw problem("is damaged: there is no zip64 directory where it says")
    }
    return try location(
      offset: number64(record, 48), count: number64(record, 40), entryCount: number64(record, 32), end: start)
  }

  private func location(offset: UInt64, count: UInt64, entryCount: UInt64, end: Int) throws -> Location {
    guard offset <= UInt64(end), count <= UInt64(end) - offset else {
      throw problem("is damaged: its directory of \(count) bytes at byte \(offset) lies beyond its end")
    }
    guard entryCount <= count / UInt64(Self.entryCount) else {
      throw problem("is damaged: its directory of \(count) bytes cannot name \(entryCount) entries")
    }
    return Location(range: Int(offset)..<Int(offset + count), entryCount: Int(entryCount))
  }

  // MARK: Entries

  private static let entryCount = 46

  private func entry(_ bytes: [UInt8], at position: inout Int) throws -> ZipEntry {
    let start = position
    guard bytes.count - start >= Self.entryCount, number32(bytes, start) == 0x0201_4B50 else {
      throw problem("is damaged: its directory has no entry at byte \(start) of it")
    }
    let nameEnd = start + Self.entryCount + Int(number16(bytes, start + 28))
    let extraEnd = nameEnd + Int(number16(bytes, start + 30))
    position = extraEnd + Int(number16(bytes, start + 32))
    guard position <= bytes.count else { throw problem("is damaged: its directory ends within an entry") }
    let name = String(decoding: bytes[(start + Self.entryCount)..<nameEnd], as: UTF8.self)
    var sizes = WideNumbers(self, bytes[nameEnd..<extraEnd])
    let count = sizes.resolve(number32(bytes, start + 24))
    let compressedCount = sizes.resolve(number32(bytes, start + 20))
    let offset = sizes.resolve(number32(bytes, start + 42))
    guard let count, let compressedCount, let offset else {
      throw problem("is damaged: the directory's sizes of '\(excerpt(name))' are none")
    }
    return ZipEntry(
      name: name, isEncrypted: number16(bytes, start + 8) & 1 == 1, method: Int(number16(bytes, start + 10)),
      checksum: number32(bytes, start + 16), compressedCount: compressedCount, count: count, headerOffset: offset)
  }

  /// The 64-bit numbers of an entry, which stand in the order in which they are needed.
  private struct WideNumbers {
    private var numbers: [UInt64] = []

    init(_ directory: ZipDirectory, _ extra: ArraySlice<UInt8>) {
      let bytes = Array(extra)
      var position = 0
      while position + 4 <= bytes.count {
        let (kind, count) = (directory.number16(bytes, position), Int(directory.number16(bytes, position + 2)))
        let end = min(bytes.count, position + 4 + count)
        if kind == 1 {
          numbers = stride(from: position + 4, through: end - 8, by: 8).map { directory.number64(bytes, $0) }.reversed()
        }
        position = end
      }
    }

    /// The number itself, or a wide one in its place; nil if there is none, or it is beyond any file.
    mutating func resolve(_ number: UInt32) -> Int? {
      guard number == .max else { return Int(number) }
      return numbers.popLast().flatMap { Int(exactly: $0) }
    }
  }

  // MARK: Numbers

  private func number16(_ bytes: [UInt8], _ position: Int) -> UInt16 { order.number(bytes, at: position) }
  private func number32(_ bytes: [UInt8], _ position: Int) -> UInt32 { order.number(bytes, at: position) }
  private func number64(_ bytes: [UInt8], _ position: Int) -> UInt64 { order.number(bytes, at: position) }
  private func problem(_ reason: String) -> FileError { FileError(file.url, reason) }
}
