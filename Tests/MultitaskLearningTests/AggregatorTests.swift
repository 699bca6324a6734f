import MultitaskLearning
import Support
import TestSupport
import Testing
import Torch

@Suite struct AggregatorTests {
  private func randomRows(_ count: Int, _ width: Int, using generator: inout SeededGenerator) -> [[Double]] {
    (0..<count).map { _ in (0..<width).map { _ in .random(in: -1...1, using: &generator) } }
  }

  private func direction(_ weights: Vector, _ rows: [[Double]]) -> [Double] {
    rows[0].indices.map { column in zip(weights, rows).reduce(0) { $0 + $1.0 * $1.1[column] } }
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  @Test func twoTasksNoLongerConflict() throws {
    var generator = SeededGenerator(seed: 1)
    var pcgrad = PCGrad()
    for _ in 0..<500 {
      let rows = randomRows(2, 3, using: &generator)
      let weights = try pcgrad.weights(for: Gramian(rows: rows), losses: [1, 1], using: &generator)
      let result = direction(weights, rows)
      for row in rows { #expect(dot(result, row) > -1e-9) }
    }
  }

  @Test func withoutConflictItIsTheSum() throws {
    var generator = SeededGenerator(seed: 2)
    var pcgrad = PCGrad()
    let rows = randomRows(5, 8, using: &generator).map { $0.map { abs($0) } }
    let weights = try pcgrad.weights(for: Gramian(rows: rows), losses: [], using: &generator)
    #expect(weights == [1, 1, 1, 1, 1])
  }

  @Test func degenerateRowsStayFinite() throws {
    var generator = SeededGenerator(seed: 3)
    var pcgrad = PCGrad()
    for rows in [[[1.0, 2]], [[0.0, 0], [1, 1]], [[1.0, 1], [-1, -1]], [[1e6, 0], [-1, 1e-6]]] {
      let weights = try pcgrad.weights(for: Gramian(rows: rows), losses: [], using: &generator)
      #expect(weights.allSatisfy { $0.isFinite })
    }
  }

  /// Algorithm 1 on explicit vectors, as a check of the arithmetic on the Gramian.
  @Test func agreesWithTheAlgorithmOnVectors() throws {
    var generator = SeededGenerator(seed: 4)
    var pcgrad = PCGrad(order: .ascending)
    for _ in 0..<50 {
      let rows = randomRows(6, 4, using: &generator)
      var expected = [Double](repeating: 0, count: 4)
      for i in rows.indices {
        var g = rows[i]
        for j in rows.indices where j != i {
          let product = dot(g, rows[j])
          if product < 0 {
            let factor = product / dot(rows[j], rows[j])
            g = zip(g, rows[j]).map { $0 - factor * $1 }
          }
        }
        expected = zip(expected, g).map { $0 + $1 }
      }
      let weights = try pcgrad.weights(for: Gramian(rows: rows), losses: [], using: &generator)
      expectClose(direction(weights, rows), expected, tolerance: 1e-9)
    }
  }

  @Test func denseGradientsHaveTheGramianOfTheirRows() {
    let rows = RandomGenerator(seed: 1).normal([3, 70_001])
    let gramian = DenseTaskGradients(rows: rows).gramian
    let exact = rows.to(.float64).matmul(rows.to(.float64).transposed()).array(of: Double.self)
    for i in 0..<3 { for j in 0..<3 { #expect(abs(gramian[i, j] - exact[i * 3 + j]) < 1e-6 * exact[0]) } }
    let combined = DenseTaskGradients(rows: rows).combined([1, -2, 0.5])
    let expected = rows[0] - rows[1] * 2 + rows[2] * 0.5
    #expect((combined - expected).abs().max().item < 1e-5)
  }

  /// Each of the two signs is kept as often as its share says.
  @Test(arguments: [DType.float32, .float64]) func dropsSignsAtRandom(_ dtype: DType) throws {
    var generator = SeededGenerator(seed: 12)
    // Purity 0.75 everywhere: the positive parts stay in three of four elements.
    let rows = Tensor(
      [Float](repeating: 3, count: 40_001) + [Float](repeating: -1, count: 40_001), shape: [2, 40_001]
    ).to(dtype)
    var method = GradDrop()
    let direction: [Float] = try method.direction(
      of: DenseTaskGradients(rows: rows), losses: [], using: &generator
    ).array()
    let positive = direction.count { $0 == 3 }
    #expect(positive + direction.count { $0 == -1 } == direction.count)
    #expect(abs(Double(positive) / 40_001 - 0.75) < 0.01)
  }
}
