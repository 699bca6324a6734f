import Torch

/// Impartial gradients: a direction whose projections on all tasks' unit gradients are equal.
///
/// The weights are `M⁺ n / Σ`, with n the gradients' norms and the pseudoinverse for dependent rows; they sum to one
/// and may be negative. A gradient of zero has no direction to be impartial to: its weight is zero.
///
/// - Source: Liu et al., *Towards Impartial Multi-task Learning*, ICLR 2021, equation 5.
public struct IMTLG: GramianWeighting {
  public init() {}

  public func weights(
    for gramian: Gramian, losses: [Double], using generator: inout SeededGenerator
  ) -> [Double] {
    let norms = gramian.tasks.map(gramian.norm)
    let (values, vectors) = SymmetricMatrix(gramian).eigen
    let threshold = 1e-14 * (values.last ?? 0) * Double(gramian.taskCount)
    var v = [Double](repeating: 0, count: gramian.taskCount)
    for (value, vector) in zip(values, vectors) where value > threshold {
      let share = zip(vector, norms).reduce(0) { $0 + $1.0 * $1.1 } / value
      for k in gramian.tasks { v[k] += share * vector[k] }
    }
    let sum = v.reduce(0, +)
    return abs(sum) < 1e-12 * (v.map { abs($0) }.max() ?? 0) || sum == 0 ? v.map { _ in 0 } : v.map { $0 / sum }
  }
}

extension IMTLG {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "imtl-g", summary: "Equal projections on all tasks' unit gradients.",
    paper: "Liu et al., Towards Impartial Multi-task Learning, ICLR 2021"
  ) { _ in IMTLG() }
}
