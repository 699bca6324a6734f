import Torch

/// For every dtype and device: libtorch's products, part by part.
struct GeneralRowProducts: RowProducts {
  let blocks: [GradientBlock]
  let width: Int

  /// Processors take what fits into their caches; other devices, what keeps them busy.
  private var length: Int { blocks[0].rows[0].device == .cpu ? 1 << 15 : 1 << 20 }

  func innerProducts(of ranges: [Range<Int>]) -> [[Double]] {
    let parts = blocks.parts(of: ranges, length: length)
    let size = blocks[0].rows.count * blocks[0].rows.count
    var sums = [[Double]](repeating: [Double](repeating: 0, count: size), count: ranges.count)
    guard !parts.isEmpty else { return sums }
    let products: [Double] = withoutGradients {
      let matrices = parts.map { part in
        let matrix = matrix(part)
        return matrix.matmul(matrix.transposed())
      }
      return Tensor.stacked(matrices).array()
    }
    for (number, part) in parts.enumerated() {
      for index in 0..<size { sums[part.range][index] += products[number * size + index] }
    }
    return sums
  }

  func combine(_ weights: [[Double]], over ranges: [Range<Int>], into direction: Tensor) {
    withoutGradients {
      for part in blocks.parts(of: ranges, length: length) {
        let matrix = matrix(part)
        let vector = Tensor(weights[part.range]).to(matrix.dtype).to(matrix.device)
        direction[part.columns].copy(from: matrix.transposed().times(vector: vector))
      }
    }
  }

  func columnSums() -> (sum: Tensor, absolute: Tensor) {
    let first = blocks[0].rows[0]
    let sum = Tensor.zeros([width], dtype: first.dtype, device: first.device)
    let absolute = sum.zerosLike()
    withoutGradients {
      for part in blocks.parts(of: [0..<width], length: length) {
        let matrix = matrix(part)
        sum[part.columns].copy(from: matrix.sum(axes: [0]))
        absolute[part.columns].copy(from: matrix.abs().sum(axes: [0]))
      }
    }
    return (sum, absolute)
  }

  /// K×n: the columns of a part.
  private func matrix(_ part: GradientPart) -> Tensor {
    let block = blocks[part.block]
    let start = part.columns.lowerBound - block.columns.lowerBound
    return .stacked(block.rows.map { $0.flattened().narrowed(axis: 0, from: start, count: part.columns.count) })
  }
}
