import Torch

/// What costs: sums over all elements of G.
protocol RowProducts {
  /// K² numbers for each range of columns.
  func innerProducts(of ranges: [Range<Int>]) -> [[Double]]
  func combine(_ weights: [[Double]], over ranges: [Range<Int>], into direction: Tensor)
  /// - Parameter draws: a number from −1 to 1 for each of the columns.
  func keepOneSign(_ draws: Tensor, leak: Double, in columns: Range<Int>, into direction: Tensor)
}
