import Support

/// Impartial gradients: a direction whose projections on all tasks' unit gradients are equal.
///
/// The weights are `M⁺ n / Σ`, with n the gradients' norms and the pseudoinverse for dependent rows; they sum to one
/// and may be negative. For independent rows they are `(C⁻¹ 1)_k / n_k`, with C the cosines, so that gradients of very
/// different lengths are told apart. A gradient of zero has no direction to be impartial to: its weight is zero.
///
/// - Source: Liu et al., *Towards Impartial Multi-task Learning*, ICLR 2021, equation 5.
public struct IMTLG: GramianAggregator {
  /// The method has no parameters.
  public init() {}

  /// The weights of the rows, from their inner products.
  public func weights(for gramian: Gramian, _ context: inout AggregationContext) -> Vector {
    let zeros = Vector(zeros: gramian.taskCount)
    let largest = gramian.norms.max() ?? 0
    guard largest > 0 else { return zeros }
    // In the longest gradient's length, so that no power of a norm leaves float64.
    let unit = gramian.scaled(by: Vector(repeating: 1 / largest, count: gramian.taskCount))
    let v = independentSolution(unit) ?? dependentSolution(unit)
    return abs(v.sum) <= 1e-12 * (v.magnitudes.max() ?? 0) ? zeros : v / v.sum
  }

  /// - Returns: nil for rows that depend on each other.
  private func independentSolution(_ gramian: Gramian) -> Vector? {
    let norms = gramian.norms
    guard norms.allSatisfy({ $0 > 0 }) else { return nil }
    let cosines = SymmetricMatrix(gramian.scaled(by: 1 / norms))
    let solution = cosines.pseudoInverse(times: Vector(ones: gramian.taskCount), threshold: 1e-14)
    guard solution.rank == gramian.taskCount else { return nil }
    return solution.x / norms
  }

  private func dependentSolution(_ gramian: Gramian) -> Vector {
    SymmetricMatrix(gramian).pseudoInverse(times: gramian.norms, threshold: 1e-14).x
  }

  /// The gradient itself: the weights sum to one.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength { .multiple(1) }
}

extension IMTLG {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "imtl-g", summary: "Equal projections on all tasks' unit gradients.",
    paper: "Liu et al., Towards Impartial Multi-task Learning, ICLR 2021"
  ) { _ in IMTLG() }
}
