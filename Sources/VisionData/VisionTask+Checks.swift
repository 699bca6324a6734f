import Foundation
import Support

extension VisionTask {
  /// The most bytes of a name: names become parts of file names, which have at most 255 bytes.
  private static let longestName = 100

  /// Whether a text can name a task: it has at most 100 bytes, holds letters, digits, - and _ alone, and is not a name
  /// that the drawings of the input (`input`) or of the ground truth (with `-truth` at its end) have.
  public static func isName(_ text: String) -> Bool {
    !text.isEmpty && text != "input" && !text.hasSuffix("-truth") && text.utf8.count <= longestName
      && text.allSatisfy { $0.isLetter || $0.isNumber || "-_".contains($0) }
  }

  /// Checks names of tasks that a file holds.
  ///
  /// - Parameters:
  ///   - names: the names.
  ///   - file: the file that errors name.
  /// - Throws: `FileError` for a text that cannot name a task, and for a name that comes twice.
  public static func check(names: [String], of file: URL) throws {
    guard Set(names).count == names.count else { throw FileError(file, "names a task twice") }
    if let wrong = names.first(where: { !isName($0) }) {
      throw FileError(
        file,
        "the task '\(wrong.prefix(longestName))' has to be named with letters, digits, - and _ (not 'input', nor with -truth at its end), at most \(longestName) bytes"
      )
    }
  }

  /// Checks tasks that a file holds: their names, and that there can be such ground truth.
  ///
  /// - Parameters:
  ///   - tasks: the tasks.
  ///   - file: the file that errors name.
  /// - Throws: `FileError` for a text that cannot name a task, for a name that comes twice, and for ground truth that
  ///   there cannot be.
  public static func check(_ tasks: [VisionTask], of file: URL) throws {
    try check(names: tasks.map(\.name), of: file)
    for task in tasks {
      guard let complaint = task.kind.format.complaint else { continue }
      throw FileError(file, "the task '\(task.name)' \(complaint)")
    }
  }
}
