import Foundation
import Support

/// The ids of a split's samples, in its order.
struct SplitList: Sendable {
  /// The name of the split, such as `train`.
  let name: String
  let ids: [String]

  /// Creates a list of ids.
  init(name: String, ids: [String]) {
    self.name = name
    self.ids = ids
  }

  /// Reads a list of ids, one on each line. Lines may end with CR, LF or both; blanks around ids, and empty lines, are
  /// left.
  ///
  /// - Throws: `FileError` for a list that is missing or empty, names an id twice, or one that leads out of the folder.
  init(name: String, contentsOf file: URL) throws {
    let lines = try TextLines(contentsOf: file)
    var seen: [String: Int] = [:]
    var ids: [String] = []
    for line in lines {
      let id = line.text
      guard Self.isID(id) else {
        throw FileError(file, "names '\(excerpt(id))' on line \(line.number), which can be no part of a file's name")
      }
      if let first = seen.updateValue(line.number, forKey: id) {
        throw FileError(file, "names '\(excerpt(id))' twice, on lines \(first) and \(line.number)")
      }
      ids.append(id)
    }
    guard !ids.isEmpty else { throw FileError(file, "names no samples: one id on each line is expected") }
    self.init(name: name, ids: ids)
  }

  /// Whether a text may be a part of a path that stays in its folder.
  static func isID(_ text: String) -> Bool {
    !text.isEmpty && !text.hasPrefix("/") && !hasControlCharacters(text)
      && !text.split(separator: "/", omittingEmptySubsequences: false).contains { $0 == ".." || $0.isEmpty }
  }

  /// Returns a list of the first ids, at most this many.
  func prefix(_ count: Int) -> SplitList { SplitList(name: name, ids: Array(ids.prefix(count))) }

  /// Where a sample stands, for errors.
  func place(of position: Int) -> String {
    "sample \(position + 1) of \(ids.count) in \(name), '\(excerpt(ids[position]))'"
  }
}
