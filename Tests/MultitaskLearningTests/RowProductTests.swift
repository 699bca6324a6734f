import CMatrixKernels
import MultitaskLearning
import Support
import TestSupport
import Testing
import Torch

/// The kernels against plain sums in float64.
@Suite struct RowProductTests {
  private func plainGramian(_ rows: [[Float]], _ columns: Range<Int>) -> [[Double]] {
    rows.map { a in rows.map { b in columns.reduce(0.0) { $0 + Double(a[$1]) * Double(b[$1]) } } }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 8, 11, 17])
  func productsOfAnyShape(_ count: Int) {
    let generator = RandomGenerator(seed: UInt64(count))
    var draws = SeededGenerator(seed: UInt64(count))
    for width in [1, 15, 16, 17, 200, 5000, 70_001] {
      let tensor = generator.normal([count, width])
      let rows = (0..<count).map { tensor[$0].array(of: Float.self) }
      let middle = width / 3
      let ranges = [0..<middle, middle..<width].filter { !$0.isEmpty }
      let gradients = DenseTaskGradients(rows: tensor)
      let parts = gradients.gramians(of: ranges)
      for (columns, part) in paired(ranges, parts) {
        let expected = plainGramian(rows, columns)
        for i in 0..<count {
          for j in 0..<count {
            let allowed = 1e-5 * (expected[i][i] * expected[j][j]).squareRoot()
            #expect(abs(part[i, j] - expected[i][j]) <= allowed, "\(count)×\(width), \(columns), \(i), \(j)")
          }
        }
      }
      let weights = ranges.map { _ in Vector((0..<count).map { _ in .random(in: -1...1, using: &draws) }) }
      let direction: [Float] = gradients.combined(weights, over: ranges).array()
      let expected = paired(weights, ranges).flatMap { weights, columns in
        columns.map { column in (0..<count).reduce(0.0) { $0 + weights[$1] * Double(rows[$1][column]) } }
      }
      expectClose(direction, expected, tolerance: 1e-4, "\(count)×\(width)")
    }
  }

  /// Rows that the kernels cannot read go through libtorch: the same numbers.
  @Test func otherMemoryLayouts() {
    let tensor = RandomGenerator(seed: 1).normal([300, 3])
    let a = DenseTaskGradients(rows: tensor.transposed())
    let b = DenseTaskGradients(rows: tensor.transposed().contiguous())
    for i in 0..<3 { for j in 0..<3 { #expect(abs(a.gramian[i, j] - b.gramian[i, j]) < 1e-3) } }
    expectClose(a.combined([1, -2, 0.5]), b.combined([1, -2, 0.5]), tolerance: 1e-5)
  }

  /// Rows in several places, with unused columns between them, are one matrix.
  @Test(arguments: [DType.float32, .float64]) func blocksAreOneMatrix(_ dtype: DType) throws {
    let generator = RandomGenerator(seed: 3)
    let columns = [0..<70_000, 70_016..<70_017, 70_032..<70_232, 70_240..<140_240]
    let width = 140_250
    let matrix = Tensor.zeros([3, width], dtype: dtype)
    let blocks = columns.map { columns in
      let values = generator.normal([3, columns.count]).to(dtype)
      matrix[.all, columns].copy(from: values)
      return GradientBlock(columns: columns, rows: (0..<3).map { values[$0] })
    }
    let apart = DenseTaskGradients(blocks: blocks, width: width, segments: [])
    let together = DenseTaskGradients(rows: matrix)
    // Across blocks, within one, in a gap, and beyond the last.
    let ranges = [0..<100, 100..<70_100, 70_220..<70_236, 70_236..<70_239, 70_239..<140_000, 140_245..<140_250]
    for (a, b) in paired(apart.gramians(of: ranges), together.gramians(of: ranges)) {
      for i in 0..<3 { for j in 0..<3 { #expect(abs(a[i, j] - b[i, j]) <= 1e-5 * (b[i, i] * b[j, j]).squareRoot()) } }
    }
    for range in ranges { #expect(values(apart.rows(in: range)) == values(together.rows(in: range))) }
    let weights = ranges.indices.map { Vector([Double($0), -1, 0.5]) }
    #expect(values(apart.combined(weights, over: ranges)) == values(together.combined(weights, over: ranges)))
    var random = SeededGenerator(seed: 1)
    var drop = GradDrop(leak: 0.25)
    let draws = (0..<width).map { _ in Double.random(in: 0..<1, using: &random) }
    drop.draws = draws
    let dropped = values(try drop.direction(of: apart, losses: [], using: &random))
    #expect(try dropped == values(drop.direction(of: together, losses: [], using: &random)))
    let rows: [[Double]] = (0..<3).map { matrix[$0].array() }
    for column in 0..<width {
      let positive = rows.reduce(0) { $0 + max(0, $1[column]) }
      let negative = rows.reduce(0) { $0 + min(0, $1[column]) }
      let purity = positive == negative ? 0.5 : positive / (positive - negative)
      // At the line, rounding decides.
      guard abs(purity - draws[column]) > 1e-5 else { continue }
      let kept = purity > draws[column] ? positive : negative
      let expected = 0.25 * (positive + negative) + 0.75 * kept
      #expect(abs(Double(dropped[column]) - expected) < 1e-5, "\(column)")
    }
  }

  private func values(_ tensor: Tensor) -> [Float] { tensor.array() }

  /// SplitMix64's numbers, from anywhere in its sequence, as numbers between −1 and 1.
  @Test func drawsAreThoseOfTheSeededGenerator() {
    var generator = SeededGenerator(seed: 99)
    let expected = (0..<70_000).map { _ in (Double(generator.next() >> 40) - 8_388_607.5) / 8_388_608 }
    for columns in [0..<70_000, 3..<4, 69_000..<70_000] {
      var draws = [Float](repeating: 9, count: columns.count)
      cm_draw(99, Int64(columns.lowerBound), Int64(columns.upperBound), &draws)
      #expect(draws.map(Double.init) == Array(expected[columns]))
    }
    #expect(expected.min()! > -1 && expected.max()! < 1)
    #expect(abs(expected.reduce(0, +)) / 70_000 < 0.01)
  }

  /// Neither the threads nor where the rows lie change what is dropped.
  @Test func drawsBelongToTheirColumns() throws {
    let threads = Runtime.threadCount
    defer { Runtime.threadCount = threads }
    let matrix = RandomGenerator(seed: 4).normal([3, 150_001])
    let columns = [0..<7, 7..<70_003, 70_003..<150_001]
    let blocks = columns.map { columns in
      GradientBlock(columns: columns, rows: (0..<3).map { matrix[$0][columns].copied() })
    }
    let apart = DenseTaskGradients(blocks: blocks, width: 150_001, segments: [])
    let dropped = try [1, 2].map { threads in
      Runtime.threadCount = threads
      return try [apart, DenseTaskGradients(rows: matrix)].map { gradients in
        var (drop, generator) = (GradDrop(), SeededGenerator(seed: 5))
        return values(try drop.direction(of: gradients, losses: [], using: &generator))
      }
    }.flatMap(\.self)
    for other in dropped.dropFirst() { #expect(other == dropped[0]) }
    var (drop, generator) = (GradDrop(), SeededGenerator(seed: 6))
    #expect(try values(drop.direction(of: apart, losses: [], using: &generator)) != dropped[0])
  }

  @Test func theWholeIsTheSumOfItsParts() {
    let rows = RandomGenerator(seed: 2).normal([4, 1000])
    let gradients = DenseTaskGradients(rows: rows)
    let whole = DenseTaskGradients(rows: rows).gramian
    _ = gradients.gramians(of: [0..<10, 10..<1000])
    for i in 0..<4 { for j in 0..<4 { #expect(abs(gradients.gramian[i, j] - whole[i, j]) < 1e-3) } }
  }
}
