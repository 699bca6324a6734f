/// The cone of directions that no task is against.
struct DualCone {
  /// The Gramian, scaled to trace one and a little regularized.
  private let matrix: SymmetricMatrix

  init(_ gramian: Gramian) {
    let m = SymmetricMatrix(gramian)
    let trace = m.trace
    matrix = m.scaled(by: trace < 1e-4 ? 0 : 1 / trace).addingToDiagonal(1e-4)
  }

  /// The weights of the direction in the cone that is nearest to one with other weights: of all that are at least as
  /// large, those that minimise `vᵀ A v`.
  func weights(nearest lower: [Double]) -> [Double] {
    let x = nonnegativeMinimum(matrix, matrix.times(lower).map { -$0 })
    return zip(lower, x).map { $0 + $1 }
  }
}
