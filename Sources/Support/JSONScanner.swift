/// Reads JSON from bytes, front to back, without keeping what is passed over.
///
/// It takes what `serde_json` takes, on which the reader of the format safetensors is built, and nothing else. Other
/// readers are laxer: they take `true` or `1.0` for 1, and forget that a key came twice. It is several times as fast as
/// `JSONDecoder`, which keeps all values before it gives the first one.
package struct JSONScanner {
  /// What is wrong, and where.
  package struct Failure: Error, CustomStringConvertible {
    let position: Int
    let whole: StaticString
    let reason: String

    package var description: String { "byte \(position) of the \(whole): \(reason)" }
  }

  private let bytes: UnsafeRawBufferPointer
  private let whole: StaticString
  /// How many bytes are read.
  package private(set) var position: Int
  private var depth = 0

  /// How many lists and objects may lie in each other.
  private static let largestDepth = 127

  /// - Parameters:
  ///   - bytes: have to stay where they are as long as the scanner is used.
  ///   - position: the byte to begin at.
  ///   - whole: what the bytes are, for errors.
  package init(_ bytes: UnsafeRawBufferPointer, from position: Int = 0, of whole: StaticString) {
    (self.bytes, self.position, self.whole) = (bytes, position, whole)
  }

  // MARK: Values

  /// Reads an object.
  ///
  /// - Parameter readMember: is given each key, and has to read the value.
  package mutating func readObject(_ readMember: (inout JSONScanner, String) throws -> Void) throws {
    try readItems(from: "{", to: "}", called: "an object") { scanner in
      let key = try scanner.readString()
      guard scanner.take(":") else { throw scanner.failure(expecting: "':'") }
      try readMember(&scanner, key)
    }
  }

  /// Reads a list.
  ///
  /// - Parameter readElement: has to read one value.
  package mutating func readList(_ readElement: (inout JSONScanner) throws -> Void) throws {
    try readItems(from: "[", to: "]", called: "a list", readElement)
  }

  /// Reads a whole number without a sign, a fraction or an exponent.
  package mutating func readWholeNumber() throws -> UInt64 {
    skipWhitespace()
    let start = position
    let text = nextIsNumber ? try readWrittenNumber().text : ""
    // `UInt64` would take -0.
    guard !text.hasPrefix("-"), let number = UInt64(text) else {
      position = start
      throw failure(expecting: "a whole number from 0 to \(UInt64.max)")
    }
    return number
  }

  /// Reads a number, which is finite.
  package mutating func readNumber() throws -> Double {
    skipWhitespace()
    guard nextIsNumber else { throw failure(expecting: "a number") }
    return try readWrittenNumber().value
  }

  /// Reads `true` or `false`.
  package mutating func readBool() throws -> Bool {
    if takeWord("true") { return true }
    guard takeWord("false") else { throw failure(expecting: "true or false") }
    return false
  }

  /// What kind of value comes next; nil at the end, or if it is none.
  package mutating func nextKind() -> Kind? {
    skipWhitespace()
    switch next {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .list
    case UInt8(ascii: "\""): return .text
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    default: return nextIsNumber ? .number : nil
    }
  }

  /// A kind of value.
  package enum Kind { case object, list, text, bool, null, number }

  /// Reads a text.
  package mutating func readString() throws -> String {
    guard take("\"") else { throw failure(expecting: "a text") }
    let start = position
    while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
    // What has an escape is put together.
    var content = [UInt8](bytes[start..<position])
    while true {
      guard let byte = next else { throw failure(expecting: "the end of a text") }
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else {
          throw Failure(position: start, whole: whole, reason: "the text that starts here is not valid UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): content.append(contentsOf: try readEscape().utf8)
      case 0..<0x20:
        position -= 1
        throw failure(expecting: "an escape such as \\n in place of a control character")
      default: content.append(byte)
      }
    }
  }

  /// Takes `null`, if that comes next.
  package mutating func takeNull() -> Bool { takeWord("null") }

  /// Reads a value of any kind and forgets it.
  package mutating func skipValue() throws {
    skipWhitespace()
    switch next {
    case UInt8(ascii: "{"): try readObject { scanner, _ in try scanner.skipValue() }
    case UInt8(ascii: "["): try readList { try $0.skipValue() }
    case UInt8(ascii: "\""): _ = try readString()
    case _ where nextIsNumber: _ = try readWrittenNumber().value
    default:
      guard takeWord("null") || takeWord("true") || takeWord("false") else { throw failure(expecting: "a value") }
    }
  }

  /// Requires that nothing follows but whitespace.
  package mutating func finish() throws {
    skipWhitespace()
    guard next == nil else { throw failure(expecting: "the end") }
  }

  /// What an unexpected byte is answered with.
  package func failure(expecting expected: String) -> Failure {
    let rest = bytes[min(position, bytes.count)...].prefix(12)
    let found = rest.isEmpty ? "the \(whole) ends" : "'\(String(decoding: rest, as: UTF8.self))' is found"
    return Failure(position: position, whole: whole, reason: "\(found) where \(expected) is expected")
  }

  // MARK: Tokens

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private var nextIsNumber: Bool { next.map { $0 == UInt8(ascii: "-") || $0.isDigit } ?? false }

  private mutating func skipWhitespace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  /// Takes one character after whitespace, if it comes next.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipWhitespace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func takeWord(_ word: StaticString) -> Bool {
    skipWhitespace()
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count, bytes[position..<end].elementsEqual(word.bytes) else { return false }
    position = end
    return true
  }

  private mutating func readItems(
    from start: Unicode.Scalar, to end: Unicode.Scalar, called name: String,
    _ readItem: (inout JSONScanner) throws -> Void
  ) throws {
    guard take(start) else { throw failure(expecting: name) }
    depth += 1
    guard depth <= Self.largestDepth else {
      throw Failure(
        position: position, whole: whole, reason: "more than \(Self.largestDepth) lists and objects lie in each other")
    }
    defer { depth -= 1 }
    if take(end) { return }
    repeat { try readItem(&self) } while take(",")
    guard take(end) else { throw failure(expecting: "',' or '\(end)'") }
  }

  /// Reads a number, as it is written besides.
  private mutating func readWrittenNumber() throws -> (text: String, value: Double) {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    if next == UInt8(ascii: "0") { position += 1 } else { try readDigits() }
    if next == UInt8(ascii: ".") {
      position += 1
      try readDigits()
    }
    if let byte = next, byte | 0x20 == UInt8(ascii: "e") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try readDigits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let value = Double(text), value.isFinite else {
      throw Failure(position: start, whole: whole, reason: "the number that starts here is out of range")
    }
    return (text, value)
  }

  /// Reads one digit at least.
  private mutating func readDigits() throws {
    guard let first = next, first.isDigit else { throw failure(expecting: "a digit") }
    while let byte = next, byte.isDigit { position += 1 }
  }

  /// Reads what follows a backslash.
  private mutating func readEscape() throws -> String {
    guard let byte = next else { throw failure(expecting: "an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(Unicode.Scalar(byte))
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try readCodePoint()
    default:
      position -= 1
      throw failure(expecting: "one of the escapes \" \\ / b f n r t u")
    }
  }

  /// Reads the four digits after `\u`, and the second half of a pair that they begin.
  private mutating func readCodePoint() throws -> String {
    let first = try readFourHexadecimalDigits()
    if let scalar = Unicode.Scalar(first) { return String(scalar) }
    guard UTF16.isLeadSurrogate(first), takeWordOfPair() else { throw failure(expecting: "a pair of surrogates") }
    let second = try readFourHexadecimalDigits()
    guard UTF16.isTrailSurrogate(second) else { throw failure(expecting: "the second of a pair of surrogates") }
    return String(decoding: [first, second], as: UTF16.self)
  }

  private mutating func takeWordOfPair() -> Bool {
    guard position + 2 <= bytes.count, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
    else { return false }
    position += 2
    return true
  }

  private mutating func readFourHexadecimalDigits() throws -> UInt16 {
    let digits = bytes[min(position, bytes.count)...].prefix(4)
    // A sign is no digit, but `UInt16` would take one.
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw failure(expecting: "four hexadecimal digits") }
    position += 4
    return value
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension StaticString {
  fileprivate var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}
