import Support

/// A part of a MATLAB file: its type, and where its content lies in the bytes that are parsed.
struct MATElement {
  let type: UInt32
  let range: Range<Int>

  static let matrix: UInt32 = 14
  static let compressed: UInt32 = 15
  static let tagCount = 8

  /// Elements start at multiples of eight bytes.
  static func padded(_ count: Int) -> Int { (count + 7) / 8 * 8 }

  /// The type of the numbers that an element stores; nil for an element that stores none.
  var storedType: ElementType? {
    switch type {
    case 1: .int8
    case 2: .uint8
    case 3: .int16
    case 4: .uint16
    case 5: .int32
    case 6: .uint32
    case 7: .float32
    case 9: .float64
    case 12: .int64
    case 13: .uint64
    default: nil
    }
  }

  /// How an element stores characters; nil for an element that stores none.
  var encoding: MATTextEncoding? {
    switch type {
    case 1, 2: .latin1
    case 16: .utf8
    case 4, 17: .utf16
    case 18: .utf32
    default: nil
    }
  }
}

/// How characters are stored.
enum MATTextEncoding {
  case latin1
  case utf8
  case utf16
  case utf32
}
