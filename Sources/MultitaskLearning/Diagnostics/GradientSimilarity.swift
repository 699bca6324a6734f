import Support

/// What the inner products of the tasks' gradients say about conflicts.
///
/// - Source: the robust analysis of multi-task optimizers, section 5 (direction and magnitude similarity).
extension Gramian {
  /// The cosines of all pairs, in the order (1, 0), (2, 0), (2, 1), ….
  public var pairCosines: [Double] { tasks.pairs.map { cosine($0, $1) } }

  /// GDS: the mean cosine over the pairs of tasks, from −1 to 1; zero for a single task.
  public var directionSimilarity: Double { pairCosines.mean ?? 0 }

  /// `2‖g_i‖‖g_j‖ / (‖g_i‖² + ‖g_j‖²)`: 1 for equal lengths; of two zero gradients, 0.
  public func magnitudeSimilarity(_ i: Int, _ j: Int) -> Double {
    let sum = self[i, i] + self[j, j]
    return sum > 0 ? 2 * norm(i) * norm(j) / sum : 0
  }

  /// GMS: its mean over the pairs of tasks, from 0 to 1; zero for a single task.
  public var magnitudeSimilarity: Double {
    tasks.pairs.map { magnitudeSimilarity($0, $1) }.mean ?? 0
  }

  /// The largest singular value of G divided by the smallest; nil if the rows are dependent.
  ///
  /// Found from the eigenvalues of `G Gᵀ`: ratios above some 10⁷ cannot be told from dependence.
  public var conditionNumber: Double? {
    let eigenvalues = SymmetricMatrix(self).eigen.values
    guard let smallest = eigenvalues.first, let largest = eigenvalues.last, smallest > largest * 1e-14 else {
      return nil
    }
    return (largest / smallest).squareRoot()
  }
}
