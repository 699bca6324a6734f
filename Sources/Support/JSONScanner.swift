/// Reads JSON from bytes, front to back, without keeping what is passed over.
///
/// It takes what `serde_json` takes, on which the reader of the format safetensors is built, and nothing else. Other
/// readers are laxer: they take `true` or `1.0` for 1, and forget that a key came twice.
package struct JSONScanner {
  /// What is wrong, and where.
  package struct Failure: Error, CustomStringConvertible {
    let position: Int
    let whole: StaticString
    let reason: String

    package var description: String { "byte \(position) of the \(whole): \(reason)" }
  }

  let bytes: UnsafeRawBufferPointer
  let whole: StaticString
  /// How many bytes are read.
  package internal(set) var position: Int
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

  /// Takes `null`, if that comes next.
  package mutating func takeNull() -> Bool { takeWord("null") }

  /// Reads a value of any kind and forgets it.
  package mutating func skipValue() throws {
    skipWhitespace()
    switch next {
    case UInt8(ascii: "{"): try readObject { scanner, _ in try scanner.skipValue() }
    case UInt8(ascii: "["): try readList { try $0.skipValue() }
    case UInt8(ascii: "\""): try skipString()
    case _ where nextIsNumber: try skipNumber()
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
    let found = rest.isEmpty ? "the \(whole) ends" : "'\(excerpt(String(decoding: rest, as: UTF8.self)))' is found"
    return Failure(position: position, whole: whole, reason: "\(found) where \(expected) is expected")
  }

  // MARK: Tokens

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  var nextIsNumber: Bool { next.map { $0 == UInt8(ascii: "-") || $0.isDigit } ?? false }

  mutating func skipWhitespace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  /// Takes one character after whitespace, if it comes next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
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

}

extension UInt8 {
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension StaticString {
  fileprivate var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}
