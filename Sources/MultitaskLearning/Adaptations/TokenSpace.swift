import Support
import Torch

/// The space that a layer's tokens span, split into the directions that hold nearly all of them (range space) and the rest
/// (null space).
///
/// - Source: the paper on token modulation and expansion, equations 2 to 4: the range space is the smallest number of
///   leading eigenvectors whose eigenvalues sum to at least r times the others'.
public struct TokenSpace {
  /// Largest first.
  public let eigenvalues: [Double]
  /// How many eigenvectors span the range space.
  public let rangeDimension: Int
  /// Eigenvectors as columns, in the eigenvalues' order.
  public let basis: Tensor

  /// - Parameters:
  ///   - covariance: symmetric, width × width.
  ///   - ratio: r, above zero.
  public init(covariance: Tensor, ratio: Double) {
    require(ratio > 0, "the ratio of range to null space is \(ratio), but has to be above 0")
    let (values, vectors) = withoutGradients { covariance.to(.float64).symmetricEigen() }
    eigenvalues = values.flipped(axes: [0]).array().map { max(0, $0) }
    basis = vectors.flipped(axes: [1]).to(.float32)
    rangeDimension = Self.rangeDimension(eigenvalues, ratio: ratio)
  }

  static func rangeDimension(_ eigenvalues: [Double], ratio: Double) -> Int {
    // What is left is summed from the small end, so that it is exact where the null space is empty or tiny.
    var rest = [Double](repeating: 0, count: eigenvalues.count + 1)
    for index in eigenvalues.indices.reversed() { rest[index] = rest[index + 1] + eigenvalues[index] }
    // Rounding leaves eigenvalues of this size where the tokens span less than the whole space.
    let noise = (eigenvalues.first ?? 0) * 1e-9 * Double(eigenvalues.count)
    var sum = 0.0
    for (index, value) in eigenvalues.enumerated() {
      sum += value
      if rest[index + 1] <= noise || sum >= ratio * rest[index + 1] { return index + 1 }
    }
    return eigenvalues.count
  }

  /// The number of eigenvectors that span the null space.
  public var nullDimension: Int { eigenvalues.count - rangeDimension }

  /// The inner products of the tasks' gradients, sample by sample, within both spaces.
  ///
  /// - Parameter gradients: of each task, batch × tokens × width.
  /// - Returns: batch × tasks × tasks each.
  public func products(_ gradients: [Tensor]) -> (range: [Double], null: [Double]) {
    withoutGradients {
      let all = Tensor.stacked(gradients, axis: 1).to(.float32)
      let total = Self.products(all)
      // The smaller space is projected on; the other has the rest.
      let isRangeSmaller = rangeDimension <= nullDimension
      let columns = isRangeSmaller ? 0..<rangeDimension : rangeDimension..<eigenvalues.count
      guard !columns.isEmpty else { return (total, total.map { _ in 0 }) }
      let smaller = Self.products(all.matmul(basis.narrowed(axis: 1, from: columns.lowerBound, count: columns.count)))
      let larger = zip(total, smaller).map { $0 - $1 }
      return isRangeSmaller ? (smaller, larger) : (larger, smaller)
    }
  }

  /// - Parameter vectors: batch × tasks × ….
  private static func products(_ vectors: Tensor) -> [Double] {
    let rows = vectors.reshaped([vectors.shape[0], vectors.shape[1], -1])
    return rows.matmul(rows.transposed(1, 2)).array()
  }
}
