import Foundation
import Support

/// The lines of a text file that say something, with their numbers from 1. Lines may end with CR, LF or both.
struct TextLines: Sequence {
  struct Line {
    let number: Int
    /// The line without blanks at its ends.
    let text: String
  }

  private let lines: [Line]

  /// - Throws: `FileError` for a file that is missing, or is no text.
  init(contentsOf file: URL) throws {
    guard let data = try? Data(contentsOf: file) else { throw FileError.unreadable(file) }
    guard let text = String(data: data, encoding: .utf8) else { throw FileError(file, "is no text in UTF-8") }
    // A Character may be CR and LF together, which is one line's end.
    lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap {
      let content = $0.element.trimmingCharacters(in: .whitespaces)
      return content.isEmpty ? nil : Line(number: $0.offset + 1, text: content)
    }
  }

  var count: Int { lines.count }

  subscript(index: Int) -> Line { lines[index] }

  func makeIterator() -> IndexingIterator<[Line]> { lines.makeIterator() }
}
