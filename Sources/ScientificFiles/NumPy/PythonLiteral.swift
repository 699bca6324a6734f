/// The values that the header of an npy file is made of, as Python writes them.
enum PythonLiteral: Equatable {
  case text(String)
  case truth(Bool)
  case wholeNumbers([Int])
  /// A list, whose content is not looked at.
  case list

  /// What a text gets wrong, as the rest of a sentence about it.
  struct Failure: Error {
    let reason: String
  }

  /// Reads a dictionary of literals, which may be followed by blanks alone.
  ///
  /// - Throws: ``Failure``.
  static func dictionary(_ bytes: [UInt8]) throws -> [String: PythonLiteral] {
    var scanner = PythonScanner(bytes)
    return try scanner.dictionary()
  }
}

/// Reads literals from the front of a text to its end.
private struct PythonScanner {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func dictionary() throws -> [String: PythonLiteral] {
    try expect("{")
    var entries: [String: PythonLiteral] = [:]
    while !take("}") {
      let key = try text()
      try expect(":")
      let value = try literal()
      guard entries.updateValue(value, forKey: key) == nil else {
        throw PythonLiteral.Failure(reason: "has '\(key)' twice")
      }
      // What holds fields of its own is refused whatever follows.
      if value == .list { return entries }
      guard take(",") || next == UInt8(ascii: "}") else { throw unexpected("',' or '}'") }
    }
    guard next == nil else { throw unexpected("nothing but blanks") }
    return entries
  }

  private mutating func literal() throws -> PythonLiteral {
    if take("(") { return .wholeNumbers(try wholeNumbers()) }
    if take("[") { return .list }
    if take("True") { return .truth(true) }
    if take("False") { return .truth(false) }
    return .text(try text())
  }

  /// The numbers of a tuple whose parenthesis is open.
  private mutating func wholeNumbers() throws -> [Int] {
    var numbers: [Int] = []
    while !take(")") {
      numbers.append(try wholeNumber())
      guard take(",") || next == UInt8(ascii: ")") else { throw unexpected("',' or ')'") }
    }
    return numbers
  }

  private mutating func wholeNumber() throws -> Int {
    skipBlanks()
    let digits = bytes[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !digits.isEmpty else { throw unexpected("a whole number") }
    guard let number = Int(String(decoding: digits, as: UTF8.self)) else {
      throw PythonLiteral.Failure(reason: "has a number of \(digits.count) digits, beyond any memory")
    }
    position = digits.endIndex
    // Python 2 marked long numbers.
    _ = take("L")
    return number
  }

  private mutating func text() throws -> String {
    skipBlanks()
    guard let quote = next, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(quote) else { throw unexpected("a text") }
    let content = bytes[(position + 1)...].prefix { $0 != quote }
    guard content.endIndex < bytes.count else { throw PythonLiteral.Failure(reason: "ends within a text") }
    position = content.endIndex + 1
    return String(decoding: content, as: UTF8.self)
  }

  // MARK: Characters

  /// The next byte that is no blank; nil at the end.
  private var next: UInt8? {
    mutating get {
      skipBlanks()
      return position < bytes.count ? bytes[position] : nil
    }
  }

  private mutating func skipBlanks() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  /// Takes a word if it comes next.
  private mutating func take(_ word: StaticString) -> Bool {
    skipBlanks()
    let word = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard bytes[position...].starts(with: word) else { return false }
    position += word.count
    return true
  }

  private mutating func expect(_ word: StaticString) throws {
    guard take(word) else { throw unexpected("'\(word)'") }
  }

  private mutating func unexpected(_ expected: String) -> PythonLiteral.Failure {
    let found = next.map { "'\(Character(Unicode.Scalar($0)))'" } ?? "the end"
    return PythonLiteral.Failure(reason: "has \(found) at byte \(position), where \(expected) is expected")
  }
}
