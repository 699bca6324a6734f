import Support

/// A PNG file as its chunks, whose checksums are right whatever they hold: a reader gets beyond them.
struct PNGChunks {
  var chunks: [(type: [UInt8], content: [UInt8])]

  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  init(_ chunks: [(type: String, content: [UInt8])]) {
    self.chunks = chunks.map { (Array($0.type.utf8), $0.content) }
  }

  /// A small picture whose rows are given, uncompressed.
  ///
  /// - Parameters:
  ///   - color: 0 for gray, 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA.
  ///   - extra: chunks between the header and the pixels.
  init(
    width: Int, height: Int, bits: Int, color: Int, isInterlaced: Bool = false,
    extra: [(type: String, content: [UInt8])] = []
  ) {
    let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][color]!
    // Enough for all passes of an interlaced picture, too.
    let byteCount = (height + 4) * 2 * (1 + (width * channels * bits + 7) / 8)
    let rows = (0..<byteCount).map {
      UInt8(truncatingIfNeeded: $0 % (1 + (width * channels * bits + 7) / 8) == 0 ? 0 : $0 * 7)
    }
    let header =
      Self.bigEndian(width) + Self.bigEndian(height) + [UInt8(bits), UInt8(color), 0, 0, isInterlaced ? 1 : 0]
    self.init([("IHDR", header)] + extra + [("IDAT", Self.stored(rows)), ("IEND", [])])
  }

  /// Splits a file that is one.
  init(_ file: [UInt8]) {
    chunks = []
    var place = 8
    while place + 12 <= file.count {
      let length = file[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
      guard place + 12 + length <= file.count else { return }
      chunks.append((Array(file[(place + 4)..<(place + 8)]), Array(file[(place + 8)..<(place + 8 + length)])))
      place += 12 + length
    }
  }

  var bytes: [UInt8] {
    Self.signature
      + chunks.flatMap { chunk in
        Self.bigEndian(chunk.content.count) + chunk.type + chunk.content
          + Self.bigEndian(Int(Self.checksum(chunk.type + chunk.content)))
      }
  }

  /// Changes a chunk, or their order.
  mutating func damage(_ others: [PNGChunks], using generator: inout SeededGenerator) {
    guard !chunks.isEmpty else { return }
    let place = Int.random(in: chunks.indices, using: &generator)
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: chunks.remove(at: place)
    case 1: chunks.insert(chunks[place], at: Int.random(in: chunks.indices, using: &generator))
    case 2: chunks.swapAt(place, Int.random(in: chunks.indices, using: &generator))
    case 3:
      guard let other = others.randomElement(using: &generator)?.chunks.randomElement(using: &generator) else { return }
      chunks.insert(other, at: place)
    case 4: Damage.change(&chunks[0].content, [], using: &generator)
    default: Damage.change(&chunks[place].content, others.flatMap { $0.chunks.map(\.content) }, using: &generator)
    }
  }

  private static func bigEndian(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  /// A zlib stream of one stored block.
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    let (low, high) = (UInt8(bytes.count & 255), UInt8(bytes.count >> 8))
    var (a, b) = (1, 0)
    for byte in bytes {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    return [0x78, 0x01, 1, low, high, ~low, ~high] + bytes + bigEndian(b << 16 | a)
  }

  private static let table: [UInt32] = (0..<256).map { (index: UInt32) in
    (0..<8).reduce(index) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
  }
}
