import Support
import Torch

/// The rows and columns of patches for which positions were learned.
struct PositionGrid: Equatable {
  let rows: Int
  let columns: Int

  var count: Int { rows * columns }

  /// The entry of a safetensors file's metadata that holds the grid of its positions.
  static let metadataName = "grid"

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// Finds the grid of a file's positions, as ``PretrainedEncoder/loadPretrained(_:into:prefix:naming:leavingOut:)`` describes it.
  ///
  /// - Parameter own: the network's own grid.
  /// - Throws: `FileError` if the grid is not known.
  init(of file: SafetensorsFile, count: Int, own: PositionGrid) throws {
    if let text = file.metadata[Self.metadataName] {
      guard let grid = PositionGrid(parsing: text), grid.count == count else {
        throw FileError(
          file.url,
          "says in its metadata that its positions are a grid of '\(excerpt(text))', but has \(count): rows and columns are expected, such as 2x8"
        )
      }
      self = grid
      return
    }
    let side = Int(Double(count).squareRoot().rounded())
    if side > 0, side * side == count {
      self.init(rows: side, columns: side)
    } else if count == own.count {
      self = own
    } else {
      throw FileError(
        file.url,
        "has \(count) positions, which are not a square number, so that their rows and columns are not known, and this network has \(own.rows)×\(own.columns): the file's metadata can say '\(Self.metadataName)', such as 2x8"
      )
    }
  }

  private init?(parsing text: String) {
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let rows = sides[0], let columns = sides[1] else { return nil }
    // Below any size whose product overflows.
    guard (1...1_000_000).contains(rows), (1...1_000_000).contains(columns) else { return nil }
    self.init(rows: rows, columns: columns)
  }
}
