private enum Aten {
  static let matmul = Operator("matmul")
  static let mv = Operator("mv")
  static let eigh = Operator("linalg_eigh")
  static let svdvals = Operator("linalg_svdvals")
}

extension Tensor {
  /// The matrix product over the last two axes; others broadcast.
  public func matmul(_ other: Tensor) -> Tensor { Aten.matmul(.tensor(self), .tensor(other)) }
  /// A matrix times a vector.
  public func times(vector: Tensor) -> Tensor { Aten.mv(.tensor(self), .tensor(vector)) }

  /// Eigenvalues (ascending) and eigenvectors (columns) of a symmetric matrix.
  public func symmetricEigen() -> (values: Tensor, vectors: Tensor) {
    let results = Aten.eigh.all(.tensor(self))
    return (results[0], results[1])
  }
  public func singularValues() -> Tensor { Aten.svdvals(.tensor(self)) }
}
