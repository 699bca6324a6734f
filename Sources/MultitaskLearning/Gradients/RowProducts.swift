import Support
import Torch

/// What costs: sums over all elements of G.
protocol RowProducts {
  /// K² numbers for each range of columns.
  func innerProducts(of ranges: [Range<Int>]) -> [[Double]]
  func combine(_ weights: [Vector], over ranges: [Range<Int>], into direction: Tensor)
  func keepOneSign(_ draws: UniformDraws, leak: Double, into direction: Tensor)
}
