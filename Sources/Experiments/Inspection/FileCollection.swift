import Foundation
import Support

/// What was found in the files that a reader read.
struct FileCollection {
  /// A part of a file that was read.
  struct Content: Hashable {
    let file: URL
    /// The kind of the content, such as `PNG, 8 bits, 3 channels`.
    let kind: String
    let shape: [Int]
  }

  private(set) var contents: [Content] = []

  /// Calls a function, and takes up what it reads; also what it read before an error.
  mutating func watch<Value>(_ body: () throws -> Value) throws -> Value {
    var found: [Content] = []
    defer { contents += found }
    return try FileWatch.observing({ found.append(Content(file: $0, kind: $1, shape: $2)) }, body)
  }

  /// Leaves what other contents have, too.
  mutating func remove(_ other: FileCollection) {
    let known = Set(other.contents)
    contents.removeAll { known.contains($0) }
  }

  /// The kinds of content, each with the number of files and the sizes.
  var lines: [String] {
    var (kinds, groups): ([String], [String: [Content]]) = ([], [:])
    for content in Set(contents).sorted(by: { ($0.file.path, $0.kind) < ($1.file.path, $1.kind) }) {
      if groups[content.kind] == nil { kinds.append(content.kind) }
      groups[content.kind, default: []].append(content)
    }
    return kinds.map { kind in
      let group = groups[kind]!
      let sizes = Set(group.map(\.shape)).sorted { $0.lexicographicallyPrecedes($1) }
      let shown = sizes.prefix(4).map { $0.map(String.init).joined(separator: "×") }.filter { !$0.isEmpty }
      let rest = sizes.count > 4 ? " and \(sizes.count - 4) more sizes" : ""
      return "\(kind), \(shown.joined(separator: " or "))\(rest), \(group.count) times"
    }
  }

  /// The first file whose content is of another kind than that of most, where less than a third of the files have that
  /// kind; nil if there is none.
  var oddOne: String? {
    // Kinds that one file has side by side, such as the arrays of an archive, are no alternatives.
    let files = Dictionary(grouping: Set(contents), by: \.file).mapValues { Set($0.map(\.kind)).sorted() }
    let counts = Dictionary(files.values.map { ($0, 1) }, uniquingKeysWith: +)
    let rising = counts.sorted { ($0.value, $1.key.joined()) < ($1.value, $0.key.joined()) }
    let rare = files.filter { 3 * counts[$0.value]! < files.count }
    guard let usual = rising.last?.key, let odd = rare.min(by: { $0.key.path < $1.key.path }) else { return nil }
    let (found, expected) = (odd.value.joined(separator: ", "), usual.joined(separator: ", "))
    return "\(odd.key.path) holds \(found), but most files hold \(expected)"
  }
}
