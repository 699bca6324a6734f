import Support

/// Minimizes `½ xᵀ A x − bᵀ x` over `x ≥ 0`, for a positive semidefinite A: an active-set method, which ends after
/// finitely many steps because the objective falls with each of them.
///
/// - Source: Lawson, Hanson, *Solving Least Squares Problems*, 1974, chapter 23, in terms of the normal equations.
func nonnegativeMinimum(_ a: SymmetricMatrix, _ b: Vector) -> Vector {
  let n = a.size
  var x = Vector(zeros: n)
  var free: [Int] = []
  let tolerance = 1e-13 * max(1e-300, b.magnitudes.max() ?? 0)
  for _ in 0..<(30 * n + 30) {
    let gain = b - a.times(x)
    // The fixed variable that would gain most.
    let candidate = (0..<n).filter { !free.contains($0) }.max { gain[$0] < gain[$1] }
    guard let candidate, gain[candidate] > tolerance else { break }
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
/// With `s = Σ x`, minimizing `xᵀ M x / c + (s − 1)²` over `x ≥ 0` gives a multiple of these weights for any c; that of the
/// shortest row, on which the result depends most, loses the least of it to rounding.
func minimumNormWeights(_ m: SymmetricMatrix) -> Vector {
  let squares = (0..<m.size).map { m[$0, $0] }
  let (shortest, longest) = (squares.min() ?? 0, squares.max() ?? 0)
  guard longest > 0 else { return Vector(repeating: 1 / Double(m.size), count: m.size) }
  if let zero = squares.firstIndex(where: { $0 <= 0 }) { return Vector(squares.indices.map { $0 == zero ? 1 : 0 }) }
  let scale = max(shortest, longest * 1e-15)
  let shifted = SymmetricMatrix(size: m.size, elements: m.elements.map { $0 / scale + 1 })
  let x = nonnegativeMinimum(shifted, Vector(ones: m.size))
  return x / x.sum
}
