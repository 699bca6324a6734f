import Torch

/// Columns of G, each of whose rows lies together in memory: one parameter's, or all of a matrix.
package struct GradientBlock {
  let columns: Range<Int>
  let rows: [Tensor]

  /// - Parameter rows: for each task as many elements as columns, in any shape.
  package init(columns: Range<Int>, rows: [Tensor]) {
    precondition(
      rows.allSatisfy { $0.count == columns.count },
      "rows of \(rows.map(\.signature)) for \(columns.count) columns")
    self.columns = columns
    self.rows = rows
  }
}

extension [GradientBlock] {
  /// The parts of blocks that lie within ranges of columns, cut where they are long.
  ///
  /// Columns that belong to no block are zeros in every row, and no part.
  func parts(of ranges: [Range<Int>], length: Int) -> [GradientPart] {
    var parts: [GradientPart] = []
    parts.reserveCapacity(Swift.max(count, ranges.count))
    for (number, range) in ranges.enumerated() {
      var index = firstBlock(endingAfter: range.lowerBound)
      while index < count, self[index].columns.lowerBound < range.upperBound {
        for columns in self[index].columns.clamped(to: range).pieces(of: length) {
          parts.append(GradientPart(range: number, block: index, columns: columns))
        }
        index += 1
      }
    }
    return parts
  }

  private func firstBlock(endingAfter column: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].columns.upperBound > column { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// Some columns of one block.
struct GradientPart {
  /// The number of the range of columns that it was asked for.
  let range: Int
  let block: Int
  let columns: Range<Int>
}

extension Range<Int> {
  /// Neighbouring parts of at most this many elements.
  func pieces(of length: Int) -> [Range<Int>] {
    stride(from: lowerBound, to: upperBound, by: length).map { $0..<Swift.min(upperBound, $0 + length) }
  }
}
