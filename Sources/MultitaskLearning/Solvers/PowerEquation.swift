import Foundation
import Support

/// Solves `M w = w^(−1/α)` for `w > 0`, element by element on the right: the minimum of the convex function
/// `½ wᵀ M w − Σ ∫ w^(−1/α)`, found by Newton's method with a step that keeps `w` positive and the function falling.
///
/// - Returns: nil where there is no finite solution (a row is zero, or a convex combination of rows is).
func solvePowerEquation(_ m: SymmetricMatrix, alpha: Double) -> Vector? {
  // In the longest row's length, so that no power of a norm leaves float64.
  let square = (0..<m.size).map { m[$0, $0] }.max() ?? 0
  guard square > 0, (1 / square).isFinite else { return nil }
  let factor = pow(square, -alpha / (alpha + 1))
  return solveScaledPowerEquation(m.scaled(by: 1 / square), alpha: alpha).map { $0 * factor }
}

/// As ``solvePowerEquation(_:alpha:)``, for rows of which the longest has length one.
private func solveScaledPowerEquation(_ m: SymmetricMatrix, alpha: Double) -> Vector? {
  let n = m.size
  let exponent = -1 / alpha
  // Rows scaled to unit length, v = |g| w: the equation becomes v-wise `M' v = |g|^(1/α − 1) v^(−1/α)`.
  let norms = Vector((0..<n).map { max(0, m[$0, $0]).squareRoot() })
  guard norms.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
  var unit = m
  for i in 0..<n { for j in 0..<n { unit[i, j] = m[i, j] / (norms[i] * norms[j]) } }
  let factors = norms.raised(to: 1 / alpha - 1)

  func value(_ v: Vector) -> Double {
    let integral = alpha == 1 ? Vector(v.map { log($0) }) : v.raised(to: 1 + exponent) / (1 + exponent)
    return 0.5 * unit.quadraticForm(v) - factors.dot(integral)
  }

  // The solution for orthogonal rows.
  var v = factors.raised(to: 1 / (1 - exponent))
  let all = Array(0..<n)
  let start = v
  for _ in 0..<200 {
    let right = factors * v.raised(to: exponent)
    let residual = unit.times(v) - right
    let size = (residual.magnitudes / right).reduce(0) { max($0, $1) }
    if size < 1e-12 { break }
    // Where nearly opposed rows cancel, sums of products are not known any better.
    if size < 8 * relativeRounding(unit, v, right) { break }
    var hessian = unit
    for i in 0..<n { hessian[i, i] -= exponent * right[i] / v[i] }
    let direction = hessian.solve(-residual, indices: all)
    var step = 1.0
    for (x, d) in zip(v, direction) where d < 0 { step = min(step, -0.95 * x / d) }
    let slope = residual.dot(direction)
    let current = value(v)
    // Near the solution Newton's step is right, while the function's fall is lost in its rounding.
    while size > 0.1, step > 1e-12 {
      if value(v + step * direction) <= current + 1e-4 * step * slope + 1e-14 * abs(current) { break }
      step /= 2
    }
    v = v + step * direction
    // Opposing rows have no solution: the weights run away.
    guard zip(v, start).allSatisfy({ $0 < 1e8 * $1 }) else { return nil }
  }
  let right = factors * v.raised(to: exponent)
  let allowed = max(1e-7, min(1e-3, 16 * relativeRounding(unit, v, right)))
  let isSolved = zip(unit.times(v), right).allSatisfy { abs($0 - $1) < allowed * $1 }
  return isSolved ? v / norms : nil
}

/// How much rounding may move `M v`, relative to what it should be.
private func relativeRounding(_ m: SymmetricMatrix, _ v: Vector, _ right: Vector) -> Double {
  (m.magnitudes.times(v) / right).reduce(0) { max($0, $1) } * 0x1p-52
}

extension Vector {
  fileprivate func raised(to exponent: Double) -> Vector { Vector(map { pow($0, exponent) }) }
}
