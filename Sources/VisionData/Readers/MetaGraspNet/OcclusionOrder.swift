import Foundation
import Support

/// Which objects of an image cover which.
public struct OcclusionOrder: Sendable, Equatable {
  /// For each object the positions of those that cover it, in rising order.
  public let coveredBy: [[Int]]

  /// Creates an order.
  ///
  /// - Parameter coveredBy: for each object the positions of those that cover it, in rising order.
  public init(coveredBy: [[Int]]) { self.coveredBy = coveredBy }

  /// Reads a matrix with a row and a column for each object: −1 says that the column's object covers the row's.
  ///
  /// - Returns: nil for an empty file: some were published.
  /// - Throws: `FileError` for a matrix that is not square, or holds other numbers than −1, 0 and 1.
  init?(matrix file: URL) throws {
    let lines = try TextLines(contentsOf: file)
    guard lines.count > 0 else { return nil }
    coveredBy = try lines.map { line in
      let fields = line.text.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == lines.count else {
        throw FileError(
          file, "has \(fields.count) numbers on line \(line.number), but \(lines.count) lines: a square is expected")
      }
      return try fields.enumerated().compactMap { column, field in
        let number = Double(field.trimmingCharacters(in: .whitespaces))
        guard let number, [-1, 0, 1].contains(number) else {
          throw FileError(
            file, "has '\(excerpt(String(field)))' on line \(line.number), but -1, 0 and 1 are expected")
        }
        return number == -1 ? column : nil
      }
    }
  }

  /// Reads a graph: an object for each number from 1, whose parents cover it; 0 is no object.
  ///
  /// - Throws: `FileError` for a file that is no such graph.
  init(graph file: URL) throws {
    guard let data = try? Data(contentsOf: file) else { throw FileError.unreadable(file) }
    let nodes: [String: Node]
    do { nodes = try JSONDecoder().decode([String: Node].self, from: data) } catch {
      throw FileError(file, "is no graph of objects: \(error.briefly)")
    }
    coveredBy = try (0..<nodes.count).map { position in
      guard let node = nodes["\(position + 1)"] else {
        throw FileError(file, "has \(nodes.count) objects, but none is called '\(position + 1)'")
      }
      let parents = node.parents.map(\.id).filter { $0 != 0 }
      if let wrong = parents.first(where: { !(1...nodes.count).contains($0) }) {
        throw FileError(
          file, "the object \(position + 1) is covered by \(wrong), which is none of \(nodes.count) objects")
      }
      return parents.map { $0 - 1 }.sorted()
    }
  }

  private struct Node: Decodable {
    struct Relation: Decodable { let id: Int }
    let parents: [Relation]
  }
}
