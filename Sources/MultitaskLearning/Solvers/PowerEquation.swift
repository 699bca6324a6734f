import Foundation

/// Solves `M w = w^(−1/α)` for `w > 0`, element by element on the right: the minimum of the convex function
/// `½ wᵀ M w − Σ ∫ w^(−1/α)`, found by Newton's method with a step that keeps `w` positive and the function falling.
///
/// - Returns: nil where there is no finite solution (a row is zero, or a convex combination of rows is).
func solvePowerEquation(_ m: SymmetricMatrix, alpha: Double) -> [Double]? {
  // In the longest row's length, so that no power of a norm leaves float64.
  let square = (0..<m.size).map { m[$0, $0] }.max() ?? 0
  guard square > 0, (1 / square).isFinite else { return nil }
  let factor = pow(square, -alpha / (alpha + 1))
  return solveScaledPowerEquation(m.scaled(by: 1 / square), alpha: alpha)?.map { $0 * factor }
}

/// As ``solvePowerEquation(_:alpha:)``, for rows of which the longest has length one.
private func solveScaledPowerEquation(_ m: SymmetricMatrix, alpha: Double) -> [Double]? {
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
  let start = v
  for _ in 0..<200 {
    let product = unit.times(v)
    let right = zip(v, factors).map { $1 * pow($0, exponent) }
    let residual = zip(product, right).map { $0 - $1 }
    let size = zip(residual, right).reduce(0) { max($0, abs($1.0) / $1.1) }
    if size < 1e-12 { break }
    // Where nearly opposed rows cancel, sums of products are not known any better.
    if size < 8 * relativeRounding(unit, v, right) { break }
    var hessian = unit
    for i in 0..<n { hessian[i, i] -= exponent * right[i] / v[i] }
    let direction = hessian.solve(residual.map { -$0 }, indices: all)
    var step = 1.0
    for (x, d) in zip(v, direction) where d < 0 { step = min(step, -0.95 * x / d) }
    let slope = zip(residual, direction).reduce(0) { $0 + $1.0 * $1.1 }
    let current = value(v)
    // Near the solution Newton's step is right, while the function's fall is lost in its rounding.
    while size > 0.1, step > 1e-12 {
      let next = zip(v, direction).map { $0 + step * $1 }
      if value(next) <= current + 1e-4 * step * slope + 1e-14 * abs(current) { break }
      step /= 2
    }
    v = zip(v, direction).map { $0 + step * $1 }
    // Opposing rows have no solution: the weights run away.
    guard zip(v, start).allSatisfy({ $0 < 1e8 * $1 }) else { return nil }
  }
  let right = zip(v, factors).map { $1 * pow($0, exponent) }
  let allowed = max(1e-7, min(1e-3, 16 * relativeRounding(unit, v, right)))
  let isSolved = zip(unit.times(v), right).allSatisfy { abs($0 - $1) < allowed * $1 }
  return isSolved ? zip(v, norms).map { $0 / $1 } : nil
}

/// How much rounding may move `M v`, relative to what it should be.
private func relativeRounding(_ m: SymmetricMatrix, _ v: [Double], _ right: [Double]) -> Double {
  let sizes = SymmetricMatrix(size: m.size, elements: m.elements.map { abs($0) }).times(v)
  return zip(sizes, right).reduce(0) { max($0, $1.0 / $1.1) } * 0x1p-52
}
