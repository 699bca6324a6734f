import Foundation

/// Solves `M w = w^(−1/α)` for `w > 0`, element by element on the right: the minimum of the convex function
/// `½ wᵀ M w − Σ ∫ w^(−1/α)`, found by Newton's method with a step that keeps `w` positive and the function falling.
///
/// - Returns: nil where there is no finite solution (a row is zero, or a convex combination of rows is).
func solvePowerEquation(_ m: SymmetricMatrix, alpha: Double) -> [Double]? {
  let n = m.size
  let exponent = -1 / alpha
  // Rows scaled to unit length, v = |g| w: the equation becomes v-wise `M' v = |g|^(1/α − 1) v^(−1/α)`.
  let norms = (0..<n).map { max(0, m[$0, $0]).squareRoot() }
  guard norms.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
  var unit = m
  for i in 0..<n { for j in 0..<n { unit[i, j] = m[i, j] / (norms[i] * norms[j]) } }
  let factors = norms.map { pow($0, 1 / alpha - 1) }

  func value(_ v: [Double]) -> Double {
    let barrier = zip(v, factors).reduce(0) { sum, pair in
      let integral = alpha == 1 ? log(pair.0) : pow(pair.0, 1 + exponent) / (1 + exponent)
      return sum + pair.1 * integral
    }
    return 0.5 * unit.quadraticForm(v) - barrier
  }

  // The solution for orthogonal rows.
  var v = factors.map { pow($0, 1 / (1 - exponent)) }
  let all = Array(0..<n)
  for _ in 0..<200 {
    let product = unit.times(v)
    let right = zip(v, factors).map { $1 * pow($0, exponent) }
    let residual = zip(product, right).map { $0 - $1 }
    let size = zip(residual, right).reduce(0) { max($0, abs($1.0) / $1.1) }
    if size < 1e-12 { break }
    var hessian = unit
    for i in 0..<n { hessian[i, i] -= exponent * right[i] / v[i] }
    let direction = hessian.solve(residual.map { -$0 }, indices: all)
    var step = 1.0
    for (x, d) in zip(v, direction) where d < 0 { step = min(step, -0.95 * x / d) }
    let slope = zip(residual, direction).reduce(0) { $0 + $1.0 * $1.1 }
    let current = value(v)
    while step > 1e-12 {
      let next = zip(v, direction).map { $0 + step * $1 }
      if value(next) <= current + 1e-4 * step * slope + 1e-14 * abs(current) { break }
      step /= 2
    }
    v = zip(v, direction).map { $0 + step * $1 }
    // Opposing rows have no solution: the weights run away.
    if !(v.max()! < 1e9 * max(1, factors.max()!)) { return nil }
  }
  let product = unit.times(v)
  let isSolved = zip(product, zip(v, factors)).allSatisfy { left, pair in
    let right = pair.1 * pow(pair.0, exponent)
    return abs(left - right) < 1e-7 * right
  }
  return isSolved ? zip(v, norms).map { $0 / $1 } : nil
}
