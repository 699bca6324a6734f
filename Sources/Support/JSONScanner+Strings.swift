extension JSONScanner {
  /// Reads a text.
  package mutating func readString() throws -> String {
    guard take("\"") else { throw failure(expecting: "a text") }
    let start = position
    skipPlainCharacters()
    // Most texts have no escape; the others are put together.
    if next == UInt8(ascii: "\"") {
      defer { position += 1 }
      return try string(bytes(from: start), startingAt: start)
    }
    var content = [UInt8](bytes(from: start))
    while true {
      guard let byte = next else { throw failure(expecting: "the end of a text") }
      guard byte != UInt8(ascii: "\"") else { break }
      guard byte == UInt8(ascii: "\\") else {
        throw failure(expecting: "an escape such as \\n in place of a control character")
      }
      position += 1
      content.append(contentsOf: try readEscape().utf8)
      let chunk = position
      skipPlainCharacters()
      content.append(contentsOf: bytes(from: chunk))
    }
    position += 1
    return try content.withUnsafeBytes { try string($0, startingAt: start) }
  }

  /// Passes over a text: what is plain at once, and anything else as it is read.
  mutating func skipString() throws {
    let start = position
    position += 1
    while let byte = next, (0x20..<0x80).contains(byte) {
      position += 1
      if byte == UInt8(ascii: "\"") { return }
      guard byte == UInt8(ascii: "\\") else { continue }
      guard next == UInt8(ascii: "\\") || next == UInt8(ascii: "n") || next == UInt8(ascii: "\"") else { break }
      position += 1
    }
    position = start
    _ = try readString()
  }

  /// Passes over what stands in a text for itself.
  private mutating func skipPlainCharacters() {
    while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
  }

  /// The bytes from a place to the current one.
  private func bytes(from start: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[start..<position])
  }

  private func string(_ content: UnsafeRawBufferPointer, startingAt start: Int) throws -> String {
    // What is checked is slow, and hardly any text needs it.
    if content.allSatisfy({ $0 < 0x80 }) { return String(decoding: content, as: UTF8.self) }
    guard let text = String(validating: content, as: UTF8.self) else {
      throw Failure(position: start, whole: whole, reason: "the text that starts here is not valid UTF-8")
    }
    return text
  }

  // MARK: Escapes

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
