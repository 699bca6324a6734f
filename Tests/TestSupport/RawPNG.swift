import Foundation

/// PNG files of every color type and bit depth, written byte by byte: what other tools save, and `Picture` does not.
public struct RawPNG {
  public enum Color: UInt8, Sendable {
    case gray = 0
    case rgb = 2
    case palette = 3
    case grayAlpha = 4
    case rgba = 6

    var channels: Int {
      switch self {
      case .gray, .palette: 1
      case .grayAlpha: 2
      case .rgb: 3
      case .rgba: 4
      }
    }
  }

  public var height: Int
  public var width: Int
  public var color: Color
  public var bits: Int
  /// Row by row, channels together.
  public var samples: [Int]
  public var palette: [[UInt8]] = []
  public var isInterlaced = false
  /// Between the header and the pixels.
  public var chunks: [(type: String, content: [UInt8])] = []

  public init(height: Int, width: Int, color: Color = .gray, bits: Int = 8, samples: [Int]) {
    self.height = height
    self.width = width
    self.color = color
    self.bits = bits
    self.samples = samples
  }

  /// The whole file.
  public var data: Data {
    let header =
      Self.bigEndian(width, 4) + Self.bigEndian(height, 4)
      + [UInt8(bits), color.rawValue, 0, 0, isInterlaced ? 1 : 0]
    var all: [(type: String, content: [UInt8])] = [("IHDR", header)]
    if !palette.isEmpty { all.append(("PLTE", palette.flatMap { $0 })) }
    all += chunks + [("IDAT", Self.stored(rows)), ("IEND", [])]
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    return Data(signature + all.flatMap { Self.chunk($0.type, $0.content) })
  }

  public func write(to url: URL) throws { try data.write(to: url) }

  /// All rows of all passes, each behind its filter, which is none. Without samples there are no rows, whatever the
  /// size says.
  private var rows: [UInt8] {
    guard !samples.isEmpty else { return [] }
    let passes =
      isInterlaced
      ? [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
      : [(0, 0, 1, 1)]
    return passes.flatMap { row, column, rowStep, columnStep in
      guard column < width else { return [UInt8]() }
      return stride(from: row, to: height, by: rowStep).flatMap { y in
        [0] + packed(stride(from: column, to: width, by: columnStep).map { y * width + $0 })
      }
    }
  }

  private func packed(_ pixels: [Int]) -> [UInt8] {
    let values = pixels.flatMap { pixel in (0..<color.channels).map { samples[pixel * color.channels + $0] } }
    if bits == 16 { return values.flatMap { Self.bigEndian($0, 2) } }
    let perByte = 8 / bits
    return stride(from: 0, to: values.count, by: perByte).map { start in
      (0..<perByte).reduce(0) { $0 << bits | UInt8(start + $1 < values.count ? values[start + $1] : 0) }
    }
  }

  private static func bigEndian(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * (size - 1 - $0))) }
  }

  private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + content
    return bigEndian(content.count, 4) + body + bigEndian(Int(checksum(body)), 4)
  }

  /// A zlib stream that compresses nothing.
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: bytes.count, by: 65535) {
      let part = bytes[start..<min(bytes.count, start + 65535)]
      let (low, high) = (UInt8(part.count & 255), UInt8(part.count >> 8))
      result += [start + 65535 >= bytes.count ? 1 : 0, low, high, ~low, ~high] + part
    }
    var (a, b) = (1, 0)
    for byte in bytes { (a, b) = ((a + Int(byte)) % 65521, (b + a + Int(byte)) % 65521) }
    return result + bigEndian(b << 16 | a, 4)
  }

  /// CRC-32.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0 as UInt32) { (sum: UInt32, byte: UInt8) -> UInt32 in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
  }
}
