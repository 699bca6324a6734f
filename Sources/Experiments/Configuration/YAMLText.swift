import Foundation
import Support
import Yams

/// YAML from files and command lines, which costs no more than its length.
///
/// A few hundred bytes of aliases stand for gigabytes. What Polymath reads needs none, so that a text with aliases is
/// refused before anything is made of it; lists and mappings nest 1000 levels deep at most.
enum YAMLText {
  /// In bytes. A study of a thousand methods has some 100,000.
  static let largestSize = 1 << 18

  /// - Throws: `FileError` for a file that is not there, no text, or too long.
  static func contents(of url: URL) throws -> String {
    guard !url.isFolder else { throw FileError(url, "is a folder, but has to be a YAML file") }
    // Nothing is read from an empty file.
    guard let file = try? FileHandle(forReadingFrom: url),
      let data = try? file.read(upToCount: largestSize + 1) ?? Data()
    else { throw FileError.unreadable(url, "is no readable text") }
    guard data.count <= largestSize else {
      throw FileError(url, "has more than \(largestSize) bytes: no configuration or study is that long")
    }
    guard let text = String(data: data, encoding: .utf8) else { throw FileError(url, "is no readable text") }
    return text
  }

  /// - Returns: nil for a text without content.
  /// - Throws: ``ConfigurationError`` with the place of what is no YAML, or not taken.
  static func root(of text: String, source: String) throws -> Node? {
    guard text.utf8.count <= largestSize else {
      throw ConfigurationError("\(source): has more than \(largestSize) bytes: no configuration or study is that long")
    }
    if let alias = firstAlias(in: text) {
      throw ConfigurationError(
        "\(source), line \(alias.line): '*\(excerpt(alias.name))' repeats what '&\(excerpt(alias.name))' names: aliases are not taken here, so that it has to be written out"
      )
    }
    do { return try Yams.compose(yaml: text, .basic) } catch YamlError.duplicatedKeysInMapping(let names, let place) {
      let names = names.sorted().prefix(6).map { "'\(excerpt($0))'" }.joined(separator: ", ")
      throw ConfigurationError(
        "\(source), line \(place.mark.line): the section that begins here has \(names) more than once")
    } catch let error as YamlError {
      throw ConfigurationError("\(source)\(error.brief)")
    }
  }

  /// The first name that is repeated by `*name` and given by `&name`, with the line of the former.
  ///
  /// Quotations and comments are not told apart, so that nothing can hide in what looks like one.
  private static func firstAlias(in text: String) -> (name: String, line: Int)? {
    let bytes = Array(text.utf8)
    var anchors: Set<ArraySlice<UInt8>> = []
    var aliases: [(name: ArraySlice<UInt8>, line: Int)] = []
    var line = 1
    var isWithinWord = false
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "\n") { line += 1 }
      defer { isWithinWord = isOfName(byte) }
      guard byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*"), !isWithinWord else { continue }
      let name = bytes[(index + 1)...].prefix(while: isOfName)
      guard !name.isEmpty else { continue }
      if byte == UInt8(ascii: "&") { anchors.insert(name) } else { aliases.append((name, line)) }
    }
    guard let alias = aliases.first(where: { anchors.contains($0.name) }) else { return nil }
    return (String(decoding: alias.name, as: UTF8.self), alias.line)
  }

  /// The characters of the names of anchors.
  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

extension YamlError {
  /// What is wrong and where, without the text around it.
  fileprivate var brief: String {
    switch self {
    case .parser(_, let problem, let mark, _) where problem.hasPrefix("Maximum nesting level"):
      ", line \(mark.line): lists and mappings nest more than 1000 levels deep"
    case .scanner(_, let problem, let mark, let text) where mark.character(in: text) == "\t":
      ", line \(mark.line): has a tab at column \(mark.column), but YAML is indented by spaces (\(excerpt(problem)))"
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      ", line \(mark.line): is no YAML: \(excerpt(problem)), at column \(mark.column)"
    case .reader(let problem, _, _, _): ": is no YAML: \(excerpt(problem))"
    default: ": is no YAML: \(excerpt("\(self)"))"
    }
  }
}

extension Mark {
  /// The character at the place; nil behind the end.
  fileprivate func character(in text: String) -> Character? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.indices.contains(line - 1) else { return nil }
    return lines[line - 1].dropFirst(max(0, column - 1)).first
  }
}
