extension JSONScanner {
  /// Reads a whole number without a sign, a fraction or an exponent.
  package mutating func readWholeNumber() throws -> UInt64 {
    skipWhitespace()
    let start = position
    if nextIsNumber { try skipNumber() }
    // `UInt64` would take -0.
    guard let text = text(from: start), !text.hasPrefix("-"), let number = UInt64(text) else {
      position = start
      throw failure(expecting: "a whole number from 0 to \(UInt64.max)")
    }
    return number
  }

  /// Reads a number, which is finite.
  package mutating func readNumber() throws -> Double {
    skipWhitespace()
    guard nextIsNumber else { throw failure(expecting: "a number") }
    return try readFiniteNumber()
  }

  /// Passes over a number, which is finite.
  mutating func skipNumber() throws { _ = try readFiniteNumber() }

  private mutating func readFiniteNumber() throws -> Double {
    let start = position
    let isNegative = next == UInt8(ascii: "-")
    if isNegative { position += 1 }
    var digits = Digits()
    if next == UInt8(ascii: "0") { position += 1 } else { try readDigits(&digits) }
    if next == UInt8(ascii: ".") {
      position += 1
      let point = position
      try readDigits(&digits)
      digits.fractionLength = position - point
    }
    var hasExponent = false
    if let byte = next, byte | 0x20 == UInt8(ascii: "e") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      var exponent = Digits()
      try readDigits(&exponent)
      hasExponent = true
    }
    if !hasExponent, let magnitude = digits.value { return isNegative ? -magnitude : magnitude }
    guard let value = text(from: start).flatMap(Double.init), value.isFinite else {
      throw Failure(position: start, whole: whole, reason: "the number that starts here is out of range")
    }
    return value
  }

  /// Reads one digit at least.
  private mutating func readDigits(_ digits: inout Digits) throws {
    guard let first = next, first.isDigit else { throw failure(expecting: "a digit") }
    while let byte = next, byte.isDigit {
      digits.append(byte)
      position += 1
    }
  }

  /// What is read since a place; nil if that is nothing.
  private func text(from start: Int) -> String? {
    guard start < position else { return nil }
    return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
  }
}

/// The digits of a decimal number, of which few are as good as a general conversion, and much quicker.
private struct Digits {
  private var number: UInt64 = 0
  private var count = 0
  /// How many of them follow the point.
  var fractionLength = 0

  mutating func append(_ byte: UInt8) {
    number = 10 &* number &+ UInt64(byte &- UInt8(ascii: "0"))
    count += 1
  }

  /// The nearest number; nil if there are more than 15 digits. Both these and the power of ten are exact, so that the
  /// quotient is rounded once.
  var value: Double? {
    count <= 15 ? Double(number) / Self.powersOfTen[fractionLength] : nil
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]
}
