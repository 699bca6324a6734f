import Support
import Torch

/// Columns of G, each of whose rows lies together in memory: one parameter's, or all of a matrix.
package struct GradientBlock {
  let columns: Range<Int>
  /// For each task a vector.
  let rows: [Tensor]

  /// - Parameter rows: for each task as many elements as columns, in any shape.
  package init(columns: Range<Int>, rows: [Tensor]) {
    require(
      rows.allSatisfy { $0.count == columns.count },
      "rows of \(rows.map(\.signature)) for \(columns.count) columns")
    self.columns = columns
    self.rows = rows.map { $0.rank == 1 ? $0 : $0.flattened() }
  }
}
