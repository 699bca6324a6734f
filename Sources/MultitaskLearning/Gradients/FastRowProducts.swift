import CMatrixKernels
import Dispatch
import Support
import Synchronization
import Torch

/// For contiguous float32 on the CPU: G is read once for each product, by all threads.
struct FastRowProducts: RowProducts {
  let blocks: [GradientBlock]

  /// What one thread takes at a time.
  private static let partLength = 1 << 16
  /// Where each column needs a draw: these stay in the cache.
  private static let drawnLength = 1 << 13

  private var count: Int { blocks[0].rows.count }

  func innerProducts(of ranges: [Range<Int>]) -> [[Double]] {
    let parts = blocks.parts(of: ranges, length: Self.partLength)
    let size = count * count
    var sums = [Double](repeating: 0, count: parts.count * size)
    sums.withUnsafeMutableBufferPointer { sums in
      nonisolated(unsafe) let to = sums.baseAddress
      let count = count
      inParallel(parts) { index, rows, offsets in
        cm_add_inner_products(
          rows, Int32(count), Int64(offsets.lowerBound), Int64(offsets.upperBound), to! + index * size)
      }
    }
    // Added in their order, so that the sums do not depend on the threads.
    var matrices = [[Double]](repeating: [Double](repeating: 0, count: size), count: ranges.count)
    for (index, part) in parts.enumerated() {
      addLowerTriangle(sums[(index * size)..<((index + 1) * size)], to: &matrices[part.range])
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

  func combine(_ weights: [Vector], over ranges: [Range<Int>], into direction: Tensor) {
    let parts = blocks.parts(of: ranges, length: Self.partLength)
    let weights = weights.flatMap { $0.map { Float($0) } }
    direction.withMutableElements(of: Float.self) { result in
      nonisolated(unsafe) let to = result.baseAddress
      let count = count
      inParallel(parts) { index, rows, offsets in
        weights.withUnsafeBufferPointer {
          cm_combine(
            rows, Int32(count), Int64(offsets.lowerBound), Int64(offsets.upperBound),
            $0.baseAddress! + parts[index].range * count, to! + parts[index].columns.lowerBound)
        }
      }
    }
  }

  func keepOneSign(_ draws: UniformDraws, leak: Double, into direction: Tensor) {
    let parts = blocks.parts(of: [0..<direction.count], length: Self.drawnLength)
    direction.withMutableElements(of: Float.self) { result in
      nonisolated(unsafe) let to = result.baseAddress
      let count = count
      inParallel(parts) { index, rows, offsets in
        draws.withNumbers(for: parts[index].columns) { draws in
          cm_keep_one_sign(
            rows, Int32(count), Int64(offsets.lowerBound), Int64(offsets.upperBound), draws, Float(leak),
            to! + parts[index].columns.lowerBound)
        }
      }
    }
  }

  /// Hands each part's number, its block's rows and its elements of these to as many threads as libtorch's kernels use.
  private func inParallel(
    _ parts: [GradientPart],
    _ body: @Sendable (Int, UnsafePointer<UnsafePointer<Float>?>, _ offsets: Range<Int>) -> Void
  ) {
    let offsets = parts.map { $0.offsets(in: blocks) }
    let count = count
    withPointers { pointers in
      nonisolated(unsafe) let pointers = pointers
      @Sendable func run(_ index: Int) { body(index, pointers + parts[index].block * count, offsets[index]) }
      let portions = portions(of: parts)
      let threads = min(Runtime.threadCount, portions.count)
      guard threads > 1 else { return parts.indices.forEach(run) }
      // A thread that is free takes the next portion: a thread that has to wait for its core does not hold up the others.
      let next = Atomic(0)
      DispatchQueue.concurrentPerform(iterations: threads) { _ in
        while true {
          let index = next.add(1, ordering: .relaxed).oldValue
          guard index < portions.count else { return }
          portions[index].forEach(run)
        }
      }
    }
  }

  /// Neighboring parts of about `partLength` columns together.
  private func portions(of parts: [GradientPart]) -> [Range<Int>] {
    var (portions, start, width): ([Range<Int>], Int, Int) = ([], 0, 0)
    for (index, part) in parts.enumerated() {
      width += part.columns.count
      guard width >= Self.partLength || index == parts.count - 1 else { continue }
      portions.append(start..<(index + 1))
      (start, width) = (index + 1, 0)
    }
    return portions
  }

  /// The first elements of all rows, block by block.
  private func withPointers(_ body: (UnsafePointer<UnsafePointer<Float>?>) -> Void) {
    let pointers: [UnsafePointer<Float>?] = blocks.flatMap { block in
      block.rows.map { row in row.withElements(of: Float.self) { $0.baseAddress } }
    }
    withExtendedLifetime(blocks) { pointers.withUnsafeBufferPointer { body($0.baseAddress!) } }
  }
}

extension UniformDraws {
  fileprivate func withNumbers(for columns: Range<Int>, _ body: (UnsafePointer<Float>) -> Void) {
    switch self {
    case .given(let numbers):
      numbers[columns].map { Float($0) }.withUnsafeBufferPointer { body($0.baseAddress!) }
    case .random(let seed):
      withUnsafeTemporaryAllocation(of: Float.self, capacity: columns.count) { numbers in
        cm_draw(seed, Int64(columns.lowerBound), Int64(columns.upperBound), numbers.baseAddress)
        body(numbers.baseAddress!)
      }
    }
  }
}
