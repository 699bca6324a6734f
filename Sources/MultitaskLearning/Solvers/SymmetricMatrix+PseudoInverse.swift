import Support

extension SymmetricMatrix {
  /// `A⁺ b` of a positive semidefinite A, and the number of eigenvalues that count.
  ///
  /// - Parameter threshold: which eigenvalues count as zero: those below the largest one times K times this.
  func pseudoInverse(times b: Vector, threshold: Double) -> (x: Vector, rank: Int) {
    let (values, vectors) = eigen
    let smallest = threshold * (values.last ?? 0) * Double(size)
    var x = Vector(zeros: size)
    var rank = 0
    for (value, vector) in zip(values, vectors) where value > smallest {
      rank += 1
      x += vector.dot(b) / value * vector
    }
    return (x, rank)
  }
}
