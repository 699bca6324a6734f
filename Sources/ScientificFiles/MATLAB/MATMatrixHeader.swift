/// What precedes the content of a variable, a cell or a field.
struct MATMatrixHeader {
  /// What a class of MATLAB holds.
  enum Content {
    case numbers(ElementType)
    case characters
    case cells
    case structures
    /// What is not read, as the rest of a sentence.
    case unread(String)
  }

  let content: Content
  let isLogical: Bool
  let isComplex: Bool
  let shape: [Int]
  let name: String

  /// - Parameters:
  ///   - flags: the first word of the element of flags.
  init(flags: UInt32, shape: [Int], name: String) {
    content = Self.content(ofClass: flags & 0xFF)
    isLogical = flags & 0x0200 != 0
    isComplex = flags & 0x0800 != 0
    self.shape = shape
    self.name = name
  }

  /// The class of values without sizes.
  static let opaqueClass: UInt32 = 17

  private static func content(ofClass number: UInt32) -> Content {
    switch number {
    case 1: .cells
    case 2: .structures
    case 3, opaqueClass: .unread("is an object of a class, which is not read: save its properties as a structure")
    case 4: .characters
    case 5: .unread("is a sparse matrix, which is not read: save it as full(…)")
    case 6: .numbers(.float64)
    case 7: .numbers(.float32)
    case 8: .numbers(.int8)
    case 9: .numbers(.uint8)
    case 10: .numbers(.int16)
    case 11: .numbers(.uint16)
    case 12: .numbers(.int32)
    case 13: .numbers(.uint32)
    case 14: .numbers(.int64)
    case 15: .numbers(.uint64)
    case 16: .unread("is a function, which is not read")
    default: .unread("is of class \(number), which MATLAB files of version 5 do not have: it is damaged")
    }
  }
}
