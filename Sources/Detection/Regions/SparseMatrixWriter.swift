/// The entries of a matrix of bins × positions, while it is made.
struct SparseMatrixWriter {
  private var starts: [Int]
  private var columns: [Int32] = []
  private var values: [Double] = []

  init(rowCount: Int, entryCount: Int) {
    starts = [0]
    starts.reserveCapacity(rowCount + 1)
    columns.reserveCapacity(entryCount)
    values.reserveCapacity(entryCount)
  }

  /// Adds the row of a bin: the products of its weights along both axes.
  ///
  /// - Parameters:
  ///   - row: the row of the bin in its region.
  ///   - column: the column of the bin in its region.
  ///   - samplings: those of the region.
  ///   - origin: the column of the matrix for the first position of the map.
  ///   - width: the number of columns of the map.
  mutating func addBin(
    _ row: Int, _ column: Int, of samplings: (y: AxisSampling, x: AxisSampling), origin: Int, width: Int
  ) {
    let (y, x) = samplings
    let (firstX, weightsX) = (x.firsts[column], x.starts[column]..<x.starts[column + 1])
    for (offset, indexY) in (y.starts[row]..<y.starts[row + 1]).enumerated() {
      let weight = y.weights[indexY]
      var position = origin + (y.firsts[row] + offset) * width + firstX
      for indexX in weightsX {
        columns.append(Int32(truncatingIfNeeded: position))
        values.append(weight * x.weights[indexX])
        position += 1
      }
    }
    starts.append(values.count)
  }

  func matrix(columnCount: Int) -> SparseMatrix {
    SparseMatrix(columnCount: columnCount, starts: starts, columns: columns, values: values)
  }
}
