import Support

/// The cone of directions that no task is against.
struct DualCone {
  /// The Gramian, scaled to trace one and a little regularized.
  private let matrix: SymmetricMatrix

  /// - Parameters:
  ///   - regularization: added to the diagonal of the Gramian with trace one; zero solves the projection itself.
  ///   - normEpsilon: the trace below which the Gramian counts as zero.
  init(_ gramian: Gramian, regularization: Double, normEpsilon: Double) {
    let m = SymmetricMatrix(gramian)
    let factor = m.trace < normEpsilon ? 0 : 1 / m.trace
    matrix = m.scaled(by: factor.isFinite ? factor : 0).addingToDiagonal(regularization)
  }

  /// The weights of the direction in the cone that is nearest to one with other weights: of all that are at least as
  /// large, those that minimize `vᵀ A v`.
  func weights(nearest lower: Vector) -> Vector {
    lower + nonnegativeMinimum(matrix, -matrix.times(lower))
  }
}
