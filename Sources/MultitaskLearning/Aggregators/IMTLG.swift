/// Impartial gradients: a direction whose projections on all tasks' unit gradients are equal.
///
/// The weights are `M⁺ n / Σ`, with n the gradients' norms and the pseudoinverse for dependent rows; they sum to one
/// and may be negative. For independent rows they are `(C⁻¹ 1)_k / n_k`, with C the cosines, so that gradients of very
/// different lengths are told apart. A gradient of zero has no direction to be impartial to: its weight is zero.
///
/// - Source: Liu et al., *Towards Impartial Multi-task Learning*, ICLR 2021, equation 5.
public struct IMTLG: GramianWeighting {
  public init() {}

  public func weights(for gramian: Gramian, _ context: inout AggregationContext) -> [Double] {
    let largest = gramian.tasks.map(gramian.norm).max() ?? 0
    guard largest > 0 else { return gramian.tasks.map { _ in 0 } }
    // In the longest gradient's length, so that no power of a norm leaves float64.
    let unit = gramian.scaled(by: gramian.tasks.map { _ in 1 / largest })
    let v = independentSolution(unit) ?? dependentSolution(unit)
    let sum = v.reduce(0, +)
    return abs(sum) <= 1e-12 * (v.map { abs($0) }.max() ?? 0) ? v.map { _ in 0 } : v.map { $0 / sum }
  }

  /// - Returns: nil for rows that depend on each other.
  private func independentSolution(_ gramian: Gramian) -> [Double]? {
    let norms = gramian.tasks.map(gramian.norm)
    guard norms.allSatisfy({ $0 > 0 }) else { return nil }
    let cosines = gramian.scaled(by: norms.map { 1 / $0 })
    let solution = SymmetricMatrix(cosines).pseudoInverse(times: norms.map { _ in 1 })
    guard solution.rank == gramian.taskCount else { return nil }
    return zip(solution.x, norms).map { $0 / $1 }
  }

  private func dependentSolution(_ gramian: Gramian) -> [Double] {
    SymmetricMatrix(gramian).pseudoInverse(times: gramian.tasks.map(gramian.norm)).x
  }
}

extension SymmetricMatrix {
  /// `A⁺ b`, and the number of eigenvalues that are more than rounding left of zero.
  fileprivate func pseudoInverse(times b: [Double]) -> (x: [Double], rank: Int) {
    let (values, vectors) = eigen
    let threshold = 1e-14 * (values.last ?? 0) * Double(size)
    var x = [Double](repeating: 0, count: size)
    var rank = 0
    for (value, vector) in zip(values, vectors) where value > threshold {
      rank += 1
      let factor = zip(vector, b).reduce(0) { $0 + $1.0 * $1.1 } / value
      for k in 0..<size { x[k] += factor * vector[k] }
    }
    return (x, rank)
  }
}

extension IMTLG {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "imtl-g", summary: "Equal projections on all tasks' unit gradients.",
    paper: "Liu et al., Towards Impartial Multi-task Learning, ICLR 2021"
  ) { _ in IMTLG() }
}
