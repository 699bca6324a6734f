import Foundation
import Torch

/// The direction within a ball around the mean gradient that helps the worst-off task most.
///
/// The dual is solved over the simplex: `min g_wᵀ g_0 + c ‖g_0‖ ‖g_w‖`. With `‖g_w‖ = min_τ (‖g_w‖²/τ + τ)/2` it is a
/// quadratic problem for each τ, and the right τ is the root of a monotone function.
///
/// - Source: Liu et al., *Conflict-Averse Gradient Descent for Multi-task Learning*, NeurIPS 2021, equation 4. The
///   direction has the scale of the mean; `rescale` divides it by 1, 1 + c² or 1 + c.
public struct CAGrad: GramianWeighting {
  public var c: Double
  /// 0, 1 or 2.
  public var rescale: Int

  public init(c: Double = 0.4, rescale: Int = 1) {
    self.c = c
    self.rescale = rescale
  }

  public func weights(
    for gramian: Gramian, losses: [Double], using generator: inout SeededGenerator
  ) -> [Double] {
    let count = Double(gramian.taskCount)
    let m = SymmetricMatrix(gramian)
    let mean = [Double](repeating: 1 / count, count: gramian.taskCount)
    let b = m.times(mean)
    let meanNorm = max(0, m.quadraticForm(mean)).squareRoot()
    let divisor = rescale == 1 ? 1 + c * c : rescale == 2 ? 1 + c : 1
    let kappa = c * meanNorm
    guard kappa > 0 else { return mean.map { $0 / divisor } }
    let w = solve(m, b, kappa)
    let norm = max(0, m.quadraticForm(w)).squareRoot()
    // Gradients that cancel out leave the mean alone.
    let factor = norm > 1e-8 * m.trace.squareRoot() ? kappa / norm : 0
    return zip(mean, w).map { ($0 + factor * $1) / divisor }
  }

  private func solve(_ m: SymmetricMatrix, _ b: [Double], _ kappa: Double) -> [Double] {
    func minimum(_ tau: Double) -> (w: [Double], norm: Double) {
      let w = simplexMinimum(m.scaled(by: kappa / tau), b)
      return (w, max(0, m.quadraticForm(w)).squareRoot())
    }
    // τ is no larger than the largest norm, and may be orders of magnitude below it: it is sought by its logarithm.
    let largest = (0..<m.size).map { max(0, m[$0, $0]).squareRoot() }.max()!
    let smallest = largest * 1e-10
    let atSmallest = minimum(smallest)
    guard atSmallest.norm > smallest else { return atSmallest.w }
    let logarithm = bracketedRoot(from: log(smallest), to: log(largest), tolerance: 1e-13) { logarithm in
      log(max(minimum(exp(logarithm)).norm, 1e-300)) - logarithm
    }
    return minimum(exp(logarithm)).w
  }
}

extension CAGrad {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "cagrad", summary: "Near the mean gradient, the direction that helps the worst-off task most.",
    paper: "Liu et al., Conflict-Averse Gradient Descent for Multi-task Learning, NeurIPS 2021",
    parameters: [
      MethodParameter("c", .real(0...10), default: .number(0.4), "radius of the ball, in norms of the mean gradient"),
      MethodParameter("rescale", .integer(0...2), default: .number(1), "divide by 1, 1 + c² or 1 + c"),
    ]
  ) { settings in CAGrad(c: settings.number("c"), rescale: settings.integer("rescale")) }
}
