import Support
import Torch

/// For every dtype and device: libtorch's products, part by part.
struct GeneralRowProducts: RowProducts {
  let blocks: [GradientBlock]

  /// What is multiplied at once, before sums in float64: processors take what fits into their caches, other devices what
  /// keeps them busy.
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

  func combine(_ weights: [Vector], over ranges: [Range<Int>], into direction: Tensor) {
    withoutGradients {
      for part in blocks.parts(of: ranges, length: .max) {
        let sum = direction[part.columns]
        sum.zero()
        for (row, weight) in zip(blocks[part.block].rows, weights[part.range]) {
          sum.add(inPlace: row[part.offsets(in: blocks)], scale: weight)
        }
      }
    }
  }

  func keepOneSign(_ draws: UniformDraws, leak: Double, into direction: Tensor) {
    withoutGradients {
      let draw = tensors(of: draws)
      for part in blocks.parts(of: [0..<direction.count], length: length) {
        let matrix = matrix(part)
        let (sum, total) = (matrix.sum(axes: [0]), matrix.abs().sum(axes: [0]))
        let sign = (sum - draw(part.columns) * total).sign()
        direction[part.columns].copy(from: sum * leak + (sign * total + sign.squared() * sum) * ((1 - leak) / 2))
      }
    }
  }

  /// The draws of any columns; random ones have to be asked for in one order.
  private func tensors(of draws: UniformDraws) -> (Range<Int>) -> Tensor {
    let row = blocks[0].rows[0]
    switch draws {
    case .given(let numbers):
      let draws = Tensor(numbers).to(row.dtype).to(row.device)
      return { draws[$0] }
    case .random(let seed):
      let generator = RandomGenerator(seed: seed, device: row.device)
      return { generator.uniform([$0.count], in: -1..<1).to(row.dtype) }
    }
  }

  /// K×n: the columns of a part.
  private func matrix(_ part: GradientPart) -> Tensor {
    let offsets = part.offsets(in: blocks)
    return .stacked(blocks[part.block].rows.map { $0[offsets] })
  }
}
