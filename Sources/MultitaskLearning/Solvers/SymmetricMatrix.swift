import Support

/// A small symmetric matrix in float64: what K×K problems are solved with.
///
/// LAPACK, which libtorch brings, solves the same problems, but costs a call through the dispatcher and copies each time. On
/// one core of a two-core machine, medians of 50 × 100 calls: eigenvalues and eigenvectors take 1.4 µs here and 11 µs there
/// for K = 4, 26 µs and 18 µs for K = 11; a system of linear equations takes 0.3 µs here and 11 µs there for K = 4, 1.3 µs
/// and 16 µs for K = 11. Systems are solved dozens of times in a step, eigenvalues once; and of rows whose lengths differ by
/// many powers of ten, Jacobi's rotations find the small eigenvalues to more digits.
struct SymmetricMatrix {
  let size: Int
  private(set) var elements: [Double]

  init(size: Int, elements: [Double]) {
    self.size = size
    self.elements = elements
  }

  init(_ gramian: Gramian) {
    self.init(size: gramian.taskCount, elements: gramian.elements)
  }

  subscript(i: Int, j: Int) -> Double {
    get { elements[i * size + j] }
    set { elements[i * size + j] = newValue }
  }

  var trace: Double { (0..<size).reduce(0) { $0 + self[$1, $1] } }

  func scaled(by factor: Double) -> SymmetricMatrix {
    SymmetricMatrix(size: size, elements: elements.map { $0 * factor })
  }

  func addingToDiagonal(_ value: Double) -> SymmetricMatrix {
    var result = self
    for i in 0..<size { result[i, i] += value }
    return result
  }

  /// The absolute values of the elements.
  var magnitudes: SymmetricMatrix { SymmetricMatrix(size: size, elements: elements.map { abs($0) }) }

  /// `A v`.
  func times(_ vector: Vector) -> Vector {
    Vector(
      (0..<size).map { i in
        var sum = 0.0
        for j in 0..<size { sum += self[i, j] * vector[j] }
        return sum
      })
  }

  /// `vᵀ A v`.
  func quadraticForm(_ vector: Vector) -> Double { vector.dot(times(vector)) }

  /// Solves `A x = b` for the rows and columns in `indices` by Cholesky's decomposition. Pivots below a fraction of
  /// the largest are raised to it, so that dependent rows give a finite answer.
  func solve(_ b: Vector, indices: [Int]) -> Vector {
    let n = indices.count
    var lower = [Double](repeating: 0, count: n * n)
    let smallest = max(1e-300, 1e-15 * (indices.map { self[$0, $0] }.max() ?? 1))
    for j in 0..<n {
      var pivot = self[indices[j], indices[j]]
      for k in 0..<j { pivot -= lower[j * n + k] * lower[j * n + k] }
      let diagonal = max(pivot, smallest).squareRoot()
      lower[j * n + j] = diagonal
      for i in (j + 1)..<max(j + 1, n) {
        var sum = self[indices[i], indices[j]]
        for k in 0..<j { sum -= lower[i * n + k] * lower[j * n + k] }
        lower[i * n + j] = sum / diagonal
      }
    }
    var x = Vector(indices.map { b[$0] })
    for i in 0..<n {
      for k in 0..<i { x[i] -= lower[i * n + k] * x[k] }
      x[i] /= lower[i * n + i]
    }
    for i in (0..<n).reversed() {
      for k in (i + 1)..<max(i + 1, n) { x[i] -= lower[k * n + i] * x[k] }
      x[i] /= lower[i * n + i]
    }
    return x
  }

  /// Eigenvalues, ascending, and their unit eigenvectors, by Jacobi's rotations.
  ///
  /// - Source: Golub, Van Loan, *Matrix Computations*, 4th edition, 2013, section 8.5, the cyclic method.
  var eigen: (values: Vector, vectors: [Vector]) {
    var a = self
    var v = [Double](repeating: 0, count: size * size)
    for i in 0..<size { v[i * size + i] = 1 }
    for _ in 0..<100 {
      var off = 0.0
      for i in 0..<size { for j in 0..<i { off += a[i, j] * a[i, j] } }
      let scale = (0..<size).reduce(0) { $0 + a[$1, $1] * a[$1, $1] }
      if off <= 1e-32 * scale || off == 0 { break }
      for p in 0..<size {
        for q in (p + 1)..<max(p + 1, size) where a[p, q] != 0 { a.rotate(p, q, &v) }
      }
    }
    let order = (0..<size).sorted { a[$0, $0] < a[$1, $1] }
    return (Vector(order.map { a[$0, $0] }), order.map { k in Vector((0..<size).map { v[$0 * size + k] }) })
  }

  /// One Jacobi rotation, which makes the element (p, q) zero.
  private mutating func rotate(_ p: Int, _ q: Int, _ v: inout [Double]) {
    let theta = (self[q, q] - self[p, p]) / (2 * self[p, q])
    let t = (theta >= 0 ? 1 : -1) / (abs(theta) + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    for k in 0..<size {
      let (x, y) = (self[k, p], self[k, q])
      self[k, p] = c * x - s * y
      self[k, q] = s * x + c * y
    }
    for k in 0..<size {
      let (x, y) = (self[p, k], self[q, k])
      self[p, k] = c * x - s * y
      self[q, k] = s * x + c * y
    }
    // Not what rounding leaves of zero: otherwise sweeps would go on and on.
    self[p, q] = 0
    self[q, p] = 0
    for k in 0..<size {
      let (x, y) = (v[k * size + p], v[k * size + q])
      v[k * size + p] = c * x - s * y
      v[k * size + q] = s * x + c * y
    }
  }
}
