private enum Aten {
  static let matmul = Operator("matmul")
  static let mv = Operator("mv")
  static let eigh = Operator("linalg_eigh")
  static let svdvals = Operator("linalg_svdvals")
}

extension Tensor {
  /// Returns the matrix product over the last two axes; the other axes broadcast, and a vector counts as in NumPy.
  public func matmul(_ other: Tensor) -> Tensor { Aten.matmul(.tensor(self), .tensor(other)) }
  /// Returns the product of this m × n matrix and a vector of n elements: m elements.
  public func times(vector: Tensor) -> Tensor { Aten.mv(.tensor(self), .tensor(vector)) }

  /// Returns the eigenvalues (ascending) and eigenvectors (columns) of a symmetric matrix, of which the lower triangle
  /// is read.
  ///
  /// Elements that are not finite, or an iteration that does not converge, stop the process.
  ///
  /// - Complexity: O(n³) for an n × n matrix.
  public func symmetricEigen() -> (values: Tensor, vectors: Tensor) {
    let results = Aten.eigh.all(.tensor(self))
    return (results[0], results[1])
  }
  /// Returns the min(m, n) singular values of an m × n matrix, in descending order.
  public func singularValues() -> Tensor { Aten.svdvals(.tensor(self)) }
}
