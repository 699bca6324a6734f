import CMatrixKernels
import Dispatch
import Torch

/// What costs: sums over all elements of G.
protocol RowProducts {
  /// K² numbers for each range of columns.
  func innerProducts(of ranges: [Range<Int>]) -> [[Double]]
  func combine(_ weights: [[Double]], over ranges: [Range<Int>], into direction: Tensor)
  func columnSums() -> (sum: Tensor, absolute: Tensor)
}

/// For every dtype and device: libtorch's products, block by block, with sums in float64.
struct GeneralRowProducts: RowProducts {
  let rows: Tensor

  func innerProducts(of ranges: [Range<Int>]) -> [[Double]] {
    withoutGradients {
      ranges.map { range in
        var sum = [Double](repeating: 0, count: rows.shape[0] * rows.shape[0])
        for columns in range.pieces(of: 1 << 15) {
          let block = rows[.all, columns]
          let product: [Double] = block.matmul(block.transposed()).array()
          for index in sum.indices { sum[index] += product[index] }
        }
        return sum
      }
    }
  }

  func combine(_ weights: [[Double]], over ranges: [Range<Int>], into direction: Tensor) {
    withoutGradients {
      for (weights, range) in zip(weights, ranges) {
        let vector = Tensor(weights).to(rows.dtype).to(rows.device)
        direction[range].copy(from: rows[.all, range].transposed().times(vector: vector))
      }
    }
  }

  func columnSums() -> (sum: Tensor, absolute: Tensor) {
    withoutGradients { (rows.sum(axes: [0]), rows.abs().sum(axes: [0])) }
  }
}

/// For contiguous float32 on the CPU: G is read once for each product, by all threads.
struct FastRowProducts: RowProducts {
  private let rows: Tensor
  private let count: Int
  private let width: Int

  /// What one thread takes at a time.
  private static let pieceLength = 1 << 16

  init(_ rows: Tensor) {
    self.rows = rows
    count = rows.shape[0]
    width = rows.shape[1]
  }

  func innerProducts(of ranges: [Range<Int>]) -> [[Double]] {
    let pieces = pieces(of: ranges)
    let size = count * count
    var sums = [Double](repeating: 0, count: pieces.count * size)
    rows.withElements(of: Float.self) { elements in
      sums.withUnsafeMutableBufferPointer { sums in
        nonisolated(unsafe) let (from, to) = (elements.baseAddress, sums.baseAddress)
        let (count, width) = (count, width)
        inParallel(pieces.count) { index in
          guard let from, let to else { return }
          let columns = pieces[index].columns
          cm_add_inner_products(
            from, Int64(width), Int32(count), Int64(columns.lowerBound), Int64(columns.upperBound), to + index * size)
        }
      }
    }
    // Added in their order, so that the sums do not depend on the threads.
    var matrices = [[Double]](repeating: [Double](repeating: 0, count: size), count: ranges.count)
    for (index, piece) in pieces.enumerated() {
      addLowerTriangle(sums[(index * size)..<((index + 1) * size)], to: &matrices[piece.range])
    }
    return matrices
  }

  /// The kernel fills the lower triangle alone.
  private func addLowerTriangle(_ part: ArraySlice<Double>, to matrix: inout [Double]) {
    for i in 0..<count {
      for j in 0...i {
        matrix[i * count + j] += part[part.startIndex + i * count + j]
        matrix[j * count + i] = matrix[i * count + j]
      }
    }
  }

  func combine(_ weights: [[Double]], over ranges: [Range<Int>], into direction: Tensor) {
    let pieces = pieces(of: ranges)
    let weights = weights.flatMap { $0.map { Float($0) } }
    rows.withElements(of: Float.self) { elements in
      direction.withMutableElements(of: Float.self) { result in
        nonisolated(unsafe) let (from, to) = (elements.baseAddress, result.baseAddress)
        let (count, width) = (count, width)
        inParallel(pieces.count) { index in
          let (range, columns) = pieces[index]
          weights.withUnsafeBufferPointer {
            cm_combine(
              from, Int64(width), Int32(count), Int64(columns.lowerBound), Int64(columns.upperBound),
              $0.baseAddress! + range * count, to)
          }
        }
      }
    }
  }

  /// The ranges, cut where they are long, each with the number of its range.
  private func pieces(of ranges: [Range<Int>]) -> [(range: Int, columns: Range<Int>)] {
    var pieces: [(range: Int, columns: Range<Int>)] = []
    pieces.reserveCapacity(ranges.count)
    for (number, range) in ranges.enumerated() {
      for columns in range.pieces(of: Self.pieceLength) { pieces.append((number, columns)) }
    }
    return pieces
  }

  func columnSums() -> (sum: Tensor, absolute: Tensor) {
    let (sum, absolute) = (Tensor.zeros([width]), Tensor.zeros([width]))
    let pieces = (0..<width).pieces(of: Self.pieceLength)
    rows.withElements(of: Float.self) { elements in
      sum.withMutableElements(of: Float.self) { sums in
        absolute.withMutableElements(of: Float.self) { totals in
          nonisolated(unsafe) let (from, to, sizes) = (elements.baseAddress, sums.baseAddress, totals.baseAddress)
          let (count, width) = (count, width)
          inParallel(pieces.count) { index in
            let columns = pieces[index]
            cm_column_sums(
              from, Int64(width), Int32(count), Int64(columns.lowerBound), Int64(columns.upperBound), to, sizes)
          }
        }
      }
    }
    return (sum, absolute)
  }

  /// As many threads as libtorch's kernels use.
  private func inParallel(_ pieces: Int, _ body: @Sendable (Int) -> Void) {
    let threads = min(Runtime.threadCount, pieces)
    guard threads > 1 else { return (0..<pieces).forEach(body) }
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      for index in stride(from: thread, to: pieces, by: threads) { body(index) }
    }
  }
}
