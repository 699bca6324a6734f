import Foundation
import Support

/// The problem `max over ‖d − g_0‖ ≤ c ‖g_0‖ of min over i of g_i·d`, with `g_0` the mean of the rows.
struct WorstCaseGain {
  /// The Gramian, scaled to a largest element of one.
  private let m: SymmetricMatrix
  /// The inner products of the rows with their mean.
  private let b: Vector
  private let meanNorm: Double

  init(_ gramian: Gramian) {
    let whole = SymmetricMatrix(gramian)
    let largest = gramian.tasks.map { gramian[$0, $0] }.max() ?? 0
    m = whole.scaled(by: largest > 0 && (1 / largest).isFinite ? 1 / largest : 0)
    let mean = Vector(repeating: 1 / Double(gramian.taskCount), count: gramian.taskCount)
    b = m.times(mean)
    meanNorm = max(0, m.quadraticForm(mean)).squareRoot()
  }

  /// - Returns: K weights v of the rows; the direction is `g_0 + Gᵀv`.
  func combination(radius c: Double) -> Vector {
    let radius = c * meanNorm
    guard radius > 0 else { return Vector(zeros: b.count) }
    // The direction nearest to the mean that no task is against.
    let nearest = nonnegativeMinimum(m, -b)
    guard let largest = largestSum(nearest, radius) else { return nearest }
    func excess(_ logarithm: Double) -> Double { norm(combination(sum: exp(logarithm))) - radius }
    guard excess(log(largest)) > 0 else { return scaled(combination(sum: largest), to: radius) }
    // As no row is longer than one, a smaller sum does not reach the ball's surface.
    let logarithm = bracketedRoot(from: log(radius * 0.5), to: log(largest), tolerance: 1e-14, of: excess)
    // The root is exact to rounding; the length is made so, too.
    return scaled(combination(sum: exp(logarithm)), to: radius)
  }

  /// A sum with which the combination reaches the ball's surface.
  ///
  /// - Parameter nearest: the weights of the direction nearest to the mean that no task is against.
  /// - Returns: nil if none does: then no direction in the ball, or anywhere, helps all tasks.
  private func largestSum(_ nearest: Vector, _ radius: Double) -> Double? {
    if norm(nearest) > radius { return nearest.sum }
    let shortest = minimumNormWeights(m)
    let square = m.quadraticForm(shortest)
    let sizes = m.magnitudes.quadraticForm(shortest)
    // What rounding leaves of a combination that vanishes.
    guard square > 1e-13 * sizes else { return nil }
    return 1.001 * radius / square.squareRoot()
  }

  private func scaled(_ v: Vector, to length: Double) -> Vector { v * (length / norm(v)) }

  /// The `v ≥ 0` of a given sum for which `‖g_0 + Gᵀv‖` is smallest.
  private func combination(sum: Double) -> Vector {
    // The shortest vector in the hull of `g_i + g_0 / sum`.
    let factor = 1 / sum
    var shifted = m
    for i in 0..<m.size {
      for j in 0..<m.size { shifted[i, j] += factor * (b[i] + b[j]) + factor * factor * meanNorm * meanNorm }
    }
    return minimumNormWeights(shifted) * sum
  }

  private func norm(_ v: Vector) -> Double { max(0, m.quadraticForm(v)).squareRoot() }
}
