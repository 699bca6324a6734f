import Support

/// The elements of an array in row-major order.
///
/// - Parameters:
///   - columnMajor: the elements in the order in which the first index runs fastest.
///   - shape: the sizes of all dimensions, whose product is the number of elements.
/// - Complexity: O(n).
func rowMajor<Element>(_ columnMajor: [Element], shape: [Int]) -> [Element] {
  // Dimensions of size one have no part in the order.
  let sizes = shape.filter { $0 != 1 }
  guard sizes.count > 1, !columnMajor.isEmpty else { return columnMajor }
  require(sizes.reduce(1, *) == columnMajor.count, "\(columnMajor.count) elements do not fill \(shape)")
  let (rows, columns, inner) = (sizes[0], sizes[sizes.count - 1], sizes[1..<(sizes.count - 1)])
  let innerCount = inner.reduce(1, *)
  return Array(unsafeUninitializedCapacity: columnMajor.count) { target, initializedCount in
    columnMajor.withUnsafeBufferPointer { source in
      for index in 0..<innerCount {
        let (sourceStart, targetStart) = (rows * columnMajorPosition(of: index, in: inner), columns * index)
        forEachBlock(rows: rows, columns: columns) { row, column in
          let place = targetStart + row * innerCount * columns + column
          target.initializeElement(at: place, to: source[sourceStart + column * rows * innerCount + row])
        }
      }
    }
    initializedCount = columnMajor.count
  }
}

/// Where the element at a position in row-major order lies in column-major order.
private func columnMajorPosition(of position: Int, in sizes: ArraySlice<Int>) -> Int {
  var (rest, indices): (Int, [Int]) = (position, [])
  for size in sizes.reversed() {
    indices.append(rest % size)
    rest /= size
  }
  // The last index comes first here.
  return zip(indices, sizes.reversed()).reduce(0) { $0 * $1.1 + $1.0 }
}

/// Visits rows and columns in squares, so that the lines of the cache that are read and written are few at a time.
@inline(__always)
private func forEachBlock(rows: Int, columns: Int, _ body: (_ row: Int, _ column: Int) -> Void) {
  let side = 32
  for firstRow in stride(from: 0, to: rows, by: side) {
    for firstColumn in stride(from: 0, to: columns, by: side) {
      for row in firstRow..<min(rows, firstRow + side) {
        for column in firstColumn..<min(columns, firstColumn + side) { body(row, column) }
      }
    }
  }
}
