import Support

/// Ways to damage JSON and YAML where their grammar is.
struct TextDamage {
  /// What else may stand where a value stands.
  let values: [[UInt8]]
  /// What opens another level.
  let nests: [[UInt8]]
  let others: [[UInt8]]

  private static let numbers = [
    "0", "-0", "-1", "1", "2", "255", "256", "65536", "2147483648", "-2147483649", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "18446744073709551615", "18446744073709551616", "1e308", "-1e308",
    "1e-320", "1e400", "9.3e18", "0.1", "1e150", "-1e150", "1e-150", "300", "-300", "1e12", "1000000000000", "1e9",
    "0x10",
    "1_000", "00", "1.", ".5",
  ]

  private static let words = [
    "true", "false", "null", "\"\"", "\"NaN\"", "\"nan\"", "\"inf\"", "\"-inf\"", "[]", "{}", "[1]", "[null]",
    "{\"a\": 1}", "NaN", "Infinity", "\"../../../x\"", "\"a/b\"", "\"\\u0000\"", "\"\\ud800\"", "\"😀\"",
    "\"<!--<script>\"",
  ]

  static func json(_ others: [[UInt8]]) -> TextDamage {
    TextDamage(values: bytes(words), nests: bytes(["[", "{\"a\":", "[[1],", "{\"a\":[", "\"", "\\"]), others: others)
  }

  static func yaml(_ others: [[UInt8]]) -> TextDamage {
    let words =
      words + [
        "~", ".nan", ".inf", "-.inf", "!!binary x", "!!int x", "&a", "*a", "<<: *a", "? a", "- a", "|", ">", "yes", "'",
        "%YAML 9.9", "---", "...", "#", "\t", "1:30", "2001-01-01", "{a: b, a: c}", "[*a, *a]",
      ]
    return TextDamage(
      values: bytes(words) + (2...9).map { Array(aliases(depth: $0 * 2).utf8) },
      nests: bytes(["[", "{a: ", "- ", "? ", "&a [", "!!seq [", "'", "\n  a:"]), others: others)
  }

  private static func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

  /// A list of lists of lists, nine times as many on each level.
  private static func aliases(depth: Int) -> String {
    let levels = (0..<depth).map { level in
      "&l\(level) [" + (0..<9).map { _ in level == 0 ? "x" : "*l\(level - 1)" }.joined(separator: ", ") + "]"
    }
    return "[" + levels.joined(separator: ", ") + "]"
  }

  func callAsFunction(_ input: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    Damage.repeated(input, using: &generator) { change(&$0, using: &$1) }
  }

  private func change(_ text: inout [UInt8], using generator: inout SeededGenerator) {
    switch Int.random(in: 0..<12, using: &generator) {
    case 0, 1, 2:
      let number = Array(Self.numbers.randomElement(using: &generator)!.utf8)
      replace(tokens(of: text) { Self.isNumeric($0) }, in: &text, with: number, using: &generator)
    case 3, 4:
      replace(
        tokens(of: text) { !Self.isDelimiter($0) }, in: &text, with: values.randomElement(using: &generator)!,
        using: &generator)
    case 5:
      replace(tokens(of: text) { !Self.isDelimiter($0) }, in: &text, with: [], using: &generator)
    case 6: repeatPart(&text, using: &generator)
    case 7: nest(&text, using: &generator)
    case 8: removeDelimiter(&text, using: &generator)
    default: Damage.change(&text, others, using: &generator)
    }
  }

  private func replace(
    _ tokens: [Range<Int>], in text: inout [UInt8], with new: [UInt8], using generator: inout SeededGenerator
  ) {
    guard let token = tokens.randomElement(using: &generator) else { return }
    text.replaceSubrange(token, with: new)
  }

  /// A member, an element or a line twice: keys that come again, rows that are one too many.
  private func repeatPart(_ text: inout [UInt8], using generator: inout SeededGenerator) {
    let ends = text.indices.filter {
      [UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "]"), UInt8(ascii: "}")].contains(text[$0])
    }
    guard let start = ends.randomElement(using: &generator), let end = ends.randomElement(using: &generator) else {
      return
    }
    let part = text[min(start, end)..<max(start, end)]
    guard part.count < 4096 else { return }
    text.insert(contentsOf: part, at: max(start, end))
  }

  /// Many levels, more than a stack may hold.
  private func nest(_ text: inout [UInt8], using generator: inout SeededGenerator) {
    let place = Int.random(in: 0...text.count, using: &generator)
    let depth = [2, 20, 600, 5000, 40_000].randomElement(using: &generator)!
    let nest = nests.randomElement(using: &generator)!
    text.insert(contentsOf: (0..<depth).flatMap { _ in nest }, at: place)
  }

  private func removeDelimiter(_ text: inout [UInt8], using generator: inout SeededGenerator) {
    guard let place = text.indices.filter({ Self.isDelimiter(text[$0]) }).randomElement(using: &generator) else {
      return
    }
    text.remove(at: place)
  }

  private func tokens(of text: [UInt8], _ belongs: (UInt8) -> Bool) -> [Range<Int>] {
    var (tokens, start): ([Range<Int>], Int?) = ([], nil)
    for (index, byte) in text.enumerated() {
      if belongs(byte) {
        start = start ?? index
      } else if let first = start {
        tokens.append(first..<index)
        start = nil
      }
    }
    if let start { tokens.append(start..<text.count) }
    return tokens
  }

  private static func isNumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }

  private static func isDelimiter(_ byte: UInt8) -> Bool { Array(" \n,:[]{}".utf8).contains(byte) }
}
