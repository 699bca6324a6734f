/// Some columns of one block.
struct GradientPart {
  /// The number of the range of columns that it was asked for.
  let range: Int
  let block: Int
  /// Of G.
  let columns: Range<Int>

  /// The elements of the block's rows.
  func offsets(in blocks: [GradientBlock]) -> Range<Int> {
    columns.counted(from: blocks[block].columns.lowerBound)
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
