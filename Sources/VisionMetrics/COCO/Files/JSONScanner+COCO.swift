import Support

extension JSONScanner {
  /// Reads a whole number, which may have a sign, and may be written as `3.0`.
  mutating func readInteger(of field: String) throws -> Int {
    let number: Double = try readNumber()
    guard number == number.rounded(), abs(number) <= 9_007_199_254_740_992 else {
      throw COCOProblem("has the '\(field)' \(number), which is not a whole number of at most 53 bits")
    }
    return Int(number)
  }

  /// Reads `true` or `false`, for which 1 and 0 are usual.
  mutating func readFlag() throws -> Bool {
    if nextKind() == .bool { return try readBool() }
    let number: Double = try readNumber()
    return number != 0
  }

  /// Reads a list of numbers.
  mutating func readNumbers() throws -> [Double] {
    var numbers: [Double] = []
    try readList { numbers.append(try $0.readNumber()) }
    return numbers
  }
}
