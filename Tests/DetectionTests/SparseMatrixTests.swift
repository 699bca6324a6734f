import Detection
import TestSupport
import Testing
import Torch

@Suite struct SparseMatrixTests {
  /// Of all numbers of channels, also those that fill no vector of the processor, against libtorch.
  @Test func productsAreThoseOfLibtorch() {
    let random = RandomBoxes(seed: 8)
    var (starts, columns, values): ([Int], [Int32], [Double]) = ([0], [], [])
    for _ in 0..<30 {
      for column in 0..<20 where random.integer(0..<3) == 0 {
        columns.append(Int32(column))
        values.append(random.number(-1...1))
      }
      starts.append(values.count)
    }
    let matrix = SparseMatrix(columnCount: 20, starts: starts, columns: columns, values: values)
    for dtype in [DType.float32, .float64] {
      for channels in [1, 7, 8, 16, 31, 64, 67, 150] {
        let features = RandomGenerator(seed: 1).normal([20, channels]).to(dtype)
        features.requiresGradient = true
        let seed = RandomGenerator(seed: 2).normal([30, channels]).to(dtype)
        let product = matrix.times(features)
        let gradient = gradients(of: [product], withRespectTo: [features], seeds: [seed])[0]!
        let tolerance = dtype == .float32 ? 2e-6 : 1e-14
        expectClose(product, matrix.libtorchProduct(features.detached()), tolerance: tolerance)
        expectClose(gradient, matrix.libtorchTransposedProduct(seed), tolerance: tolerance)
      }
    }
  }
}
