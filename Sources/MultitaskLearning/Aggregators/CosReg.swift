import Support

/// The sum of the gradients, with a penalty on their cosines that acts through the second derivatives: the network
/// moves to where its tasks' gradients are orthogonal.
///
/// The loss becomes `Σ L_k + λ R` with `R` the mean squared cosine over the pairs of tasks. Its gradient needs the
/// tasks' gradients to be differentiated once more: about twice the price of K backward passes. Where gradients are
/// averaged over parts of a batch, each part has a penalty of its own.
///
/// - Source: Suteu, Guo, *Regularizing Deep Multi-Task Networks using Orthogonal Gradients*, 2019, section 3, as the robust
///   analysis of multi-task optimizers compares with it; mean over pairs and λ = 10 as in public code. That code detaches the gradients, so that its penalty has no effect; here it has.
public struct CosReg: SecondOrderAggregator {
  /// λ.
  public let penalty: Double

  static let penalties = 0.0...1e6

  /// - Parameter penalty: λ, from 0 to a million.
  public init(penalty: Double = 10) {
    require(Self.penalties.contains(penalty), "CosReg: penalty is \(penalty), but has to be in \(Self.penalties)")
    self.penalty = penalty
  }

  /// R, the mean squared cosine over the pairs of tasks; zero for a single task.
  public static func meanSquaredCosine(_ gramian: Gramian) -> Double {
    gramian.pairCosines.map { $0 * $0 }.mean ?? 0
  }

  /// With `c` the cosine of i and j, `∂c²/∂g_i = 2c (g_j / (‖g_i‖‖g_j‖) − c g_i / ‖g_i‖²)`; each pair counts twice.
  public func regularizerWeights(for gramian: Gramian) -> [[Double]] {
    let count = gramian.taskCount
    var weights = gramian.tasks.map { _ in [Double](repeating: 0, count: count) }
    guard count > 1 else { return weights }
    let factor = 4 * penalty / Double(count * count - count)
    for i in gramian.tasks {
      for j in gramian.tasks where j != i && gramian.norm(i) * gramian.norm(j) > 0 {
        let cosine = gramian.cosine(i, j)
        weights[i][j] += factor * cosine / (gramian.norm(i) * gramian.norm(j))
        weights[i][i] -= factor * cosine * cosine / gramian[i, i]
      }
    }
    return weights
  }

  /// As many times the gradient as there are tasks: equal gradients are where the regularizer is stationary.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength {
    .multiple(Double(tasks.count))
  }
}

extension CosReg {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "cosreg", summary: "Drives the gradients towards right angles, through second derivatives.",
    paper: "Suteu, Guo, Regularizing Deep Multi-Task Networks using Orthogonal Gradients, 2019",
    parameters: [
      MethodParameter("penalty", .real(penalties), default: .number(10), "weight of the mean squared cosine")
    ]
  ) { settings in CosReg(penalty: settings.number("penalty")) }
}
