/// Minimises `½ xᵀ A x − bᵀ x` over `x ≥ 0`, for a positive semidefinite A: an active-set method, which ends after
/// finitely many steps because the objective falls with each of them.
///
/// - Source: Lawson, Hanson, *Solving Least Squares Problems*, 1974, chapter 23, in terms of the normal equations.
func nonnegativeMinimum(_ a: SymmetricMatrix, _ b: [Double]) -> [Double] {
  let n = a.size
  var x = [Double](repeating: 0, count: n)
  var free: [Int] = []
  let tolerance = 1e-13 * max(1e-300, b.map { abs($0) }.max() ?? 0)
  for _ in 0..<(30 * n + 30) {
    let product = a.times(x)
    // The fixed variable that would gain most.
    let candidate = (0..<n).filter { !free.contains($0) }.max { b[$0] - product[$0] < b[$1] - product[$1] }
    guard let candidate, b[candidate] - product[candidate] > tolerance else { break }
    free.append(candidate)
    while true {
      let solution = a.solve(b, indices: free)
      guard solution.contains(where: { $0 <= 0 }) else {
        for (index, value) in zip(free, solution) { x[index] = value }
        break
      }
      // As far towards the solution as the bounds allow; what hits a bound is fixed there.
      var step = 1.0
      for (index, value) in zip(free, solution) where value <= 0 {
        let distance = x[index] - value
        step = min(step, distance > 0 ? x[index] / distance : 0)
      }
      for (index, value) in zip(free, solution) { x[index] += step * (value - x[index]) }
      let smallest = 1e-14 * (x.max() ?? 0)
      let blocked = zip(free, solution).filter { x[$0.0] <= smallest && $0.1 <= 0 }.map(\.0)
      for index in blocked { x[index] = 0 }
      free.removeAll { blocked.contains($0) }
      if free.isEmpty || blocked.isEmpty { break }
    }
  }
  return x
}

/// The weights of the shortest vector in the convex hull of rows with Gramian `m`.
///
/// With `s = Σ x`, minimising `xᵀ M x + (s − 1)²` over `x ≥ 0` gives a multiple of these weights.
func minimumNormWeights(_ m: SymmetricMatrix) -> [Double] {
  let scale = m.trace / Double(m.size)
  guard scale > 0 else { return [Double](repeating: 1 / Double(m.size), count: m.size) }
  let shifted = SymmetricMatrix(size: m.size, elements: m.elements.map { $0 / scale + 1 })
  let x = nonnegativeMinimum(shifted, [Double](repeating: 1, count: m.size))
  let sum = x.reduce(0, +)
  return x.map { $0 / sum }
}

/// Minimises `½ wᵀ Q w + bᵀ w` over the simplex, for a positive semidefinite Q, by a primal active-set method: the
/// objective falls with every change of the set, so that none comes twice.
func simplexMinimum(_ q: SymmetricMatrix, _ b: [Double]) -> [Double] {
  let n = q.size
  var w = [Double](repeating: 0, count: n)
  // Starts at the best vertex; then frees variables with a negative reduced cost.
  var free = [(0..<n).min { 0.5 * q[$0, $0] + b[$0] < 0.5 * q[$1, $1] + b[$1] }!]
  w[free[0]] = 1
  let scale = max(q.elements.map { abs($0) }.max() ?? 0, b.map { abs($0) }.max() ?? 0, 1e-300)
  for _ in 0..<(50 * n + 50) {
    let target = equalityMinimum(q, b, free)
    if target.contains(where: { $0 < 0 }) {
      var step = 1.0
      for (index, value) in zip(free, target) where value < 0 { step = min(step, w[index] / (w[index] - value)) }
      for (index, value) in zip(free, target) { w[index] += step * (value - w[index]) }
      let blocked = zip(free, target).filter { $0.1 < 0 && w[$0.0] <= 1e-14 }.map(\.0)
      for index in blocked { w[index] = 0 }
      free.removeAll { blocked.contains($0) }
      if blocked.isEmpty { break }
      continue
    }
    for (index, value) in zip(free, target) { w[index] = value }
    let gradient = zip(q.times(w), b).map { $0 + $1 }
    let level = zip(w, gradient).reduce(0) { $0 + $1.0 * $1.1 }
    let entering = (0..<n).filter { !free.contains($0) }.min { gradient[$0] < gradient[$1] }
    guard let entering, gradient[entering] < level - 1e-13 * scale else { break }
    free.append(entering)
  }
  return w
}

/// Minimises `½ wᵀ Q w + bᵀ w` over `Σ w = 1` for the variables in `free`.
private func equalityMinimum(_ q: SymmetricMatrix, _ b: [Double], _ free: [Int]) -> [Double] {
  let scale = max(1e-300, q.trace / Double(q.size))
  // Adding a constant to all elements of Q does not move the minimum on the plane Σ w = 1, and makes Q regular.
  let shifted = SymmetricMatrix(size: q.size, elements: q.elements.map { $0 + scale })
  let ones = shifted.solve([Double](repeating: 1, count: q.size), indices: free)
  let linear = shifted.solve(b, indices: free)
  let multiplier = (1 + linear.reduce(0, +)) / ones.reduce(0, +)
  return zip(ones, linear).map { multiplier * $0 - $1 }
}
