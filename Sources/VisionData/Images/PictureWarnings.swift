import Foundation

/// Writes to standard error what is wrong with files that can be read all the same, once for each file.
final class PictureWarnings: @unchecked Sendable {
  static let shared = PictureWarnings()

  /// A data set whose files all have the same fault would fill the terminal.
  private static let fileLimit = 20

  private let lock = NSLock()
  private var told: Set<String> = []

  func tell(_ file: URL, _ warning: String) {
    let position = lock.withLock { told.insert(file.path).inserted ? told.count : nil }
    guard let position, position <= Self.fileLimit else { return }
    let rest = position == Self.fileLimit ? "warning: what is wrong with other images is not shown\n" : ""
    FileHandle.standardError.write(Data("warning: \(file.path) is read in spite of: \(warning)\n\(rest)".utf8))
  }
}
