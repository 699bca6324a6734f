import Foundation

/// A form in which a data set lies on disk. A data set may come in several, of different archives.
public struct DatasetLayout: Sendable {
  /// The name of the form.
  public let name: String
  /// What lies where, with the files by which the form is recognized.
  public let summary: String
  private let looksRight: @Sendable (URL) -> Bool

  /// Creates a form.
  ///
  /// - Parameters:
  ///   - name: the name of the form.
  ///   - summary: what lies where, with the files by which the form is recognized.
  ///   - recognizes: a function that says whether a folder holds a data set in this form, by a look at what lies in it.
  public init(name: String, summary: String, recognizes: @escaping @Sendable (URL) -> Bool) {
    self.name = name
    self.summary = summary
    looksRight = recognizes
  }

  /// Whether a folder holds a data set in this form.
  public func recognizes(_ folder: URL) -> Bool { looksRight(folder) }
}
