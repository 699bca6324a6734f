import Foundation
import Support

/// The bytes of a file, and errors that say where in it something is wrong.
struct COCOText: @unchecked Sendable {
  let url: URL
  // It is only read, also by several threads at once.
  private let data: Data

  init(contentsOf url: URL) throws {
    self.url = url
    guard let data = try? Data(contentsOf: url) else { throw FileError.unreadable(url) }
    self.data = data
  }

  /// Calls a function with a scanner that begins at a byte.
  func scan<Result>(from position: Int = 0, _ body: (inout JSONScanner) throws -> Result) throws -> Result {
    try data.withUnsafeBytes { bytes in
      var scanner = JSONScanner(bytes, from: position, of: "file")
      return try body(&scanner)
    }
  }

  /// Reads the list of a field; what is wrong with an element names it.
  ///
  /// - Parameter field: `annotations`; empty if the whole file is the list.
  func readList<Element>(
    _ field: String, _ scanner: inout JSONScanner, _ readElement: (inout JSONScanner) throws -> Element
  ) throws -> [Element] {
    var elements: [Element] = []
    try scanner.readList { scanner in
      elements.append(try naming(Self.place(field, elements.count)) { try readElement(&scanner) })
    }
    return elements
  }

  /// `annotations[3]`, counted from 0.
  static func place(_ field: String, _ index: Int) -> String { "\(field)[\(index)]" }

  /// - Throws: `FileError` with the place in front of what the body throws.
  func naming<Result>(_ place: @autoclosure () -> String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let problem as COCOProblem {
      throw FileError(url, "\(place()) \(problem.reason)")
    } catch let failure as JSONScanner.Failure {
      throw FileError(url, "\(place()) is not what is expected (\(failure))")
    }
  }
}
