import CMatrixKernels
import Support
import Torch

/// A constant matrix that is mostly zero, by which features are multiplied.
///
/// On the CPU the product is computed here: libtorch's takes several times as long, and transposes the matrix for every
/// derivative. On other devices it is libtorch's.
package final class SparseMatrix {
  /// The number of columns, which is that of the features' rows.
  let columnCount: Int
  /// The number of rows.
  var rowCount: Int { starts.count - 1 }
  /// For each row the position of its first entry, and at last the number of entries.
  let starts: [Int]
  /// The columns of all entries, ascending in each row.
  let columns: [Int32]
  /// The values of all entries.
  let values: [Double]

  /// Creates a matrix from its entries, row by row.
  package init(columnCount: Int, starts: [Int], columns: [Int32], values: [Double]) {
    require(
      columnCount <= Int32.max && starts.last == values.count && columns.count == values.count,
      "\(values.count) entries in \(columns.count) of \(columnCount) columns make no sparse matrix")
    self.columnCount = columnCount
    self.starts = starts
    self.columns = columns
    self.values = values
  }

  /// Returns the product with features of `columnCount` × channels, as rows × channels: in double precision if the
  /// features are, and in single precision otherwise.
  package func times(_ features: Tensor) -> Tensor {
    let features = features.dtype == .float64 ? features : features.to(.float32)
    return features.mapped(by: SparseProduct(self, channels: features.shape[1]))
  }

  fileprivate lazy var singleValues = values.map { Float($0) }
}

/// The product of a sparse matrix with features of some number of channels.
private final class SparseProduct: LinearMap {
  private let matrix: SparseMatrix
  private let channels: Int

  init(_ matrix: SparseMatrix, channels: Int) {
    self.matrix = matrix
    self.channels = channels
  }

  var inputShape: [Int] { [matrix.columnCount, channels] }
  var outputShape: [Int] { [matrix.rowCount, channels] }

  func apply(_ input: Tensor, into output: Tensor) {
    guard input.device == .cpu else { return output.copy(from: matrix.libtorchProduct(input)) }
    let (rows, width) = (Int64(matrix.rowCount), Int64(channels))
    matrix.withStarts { starts in
      if input.dtype == .float64 {
        write(input, output) {
          cm_sparse_product_double(rows, starts, matrix.columns, matrix.values, $0, width, $1)
        }
      } else {
        write(input, output) {
          cm_sparse_product_single(rows, starts, matrix.columns, matrix.singleValues, $0, width, $1)
        }
      }
    }
  }

  func applyAdjoint(_ input: Tensor, into output: Tensor) {
    guard input.device == .cpu else { return output.copy(from: matrix.libtorchTransposedProduct(input)) }
    let (rows, columns, width) = (Int64(matrix.rowCount), Int64(matrix.columnCount), Int64(channels))
    matrix.withStarts { starts in
      if input.dtype == .float64 {
        write(input, output) {
          cm_transposed_sparse_product_double(rows, columns, starts, matrix.columns, matrix.values, $0, width, $1)
        }
      } else {
        write(input, output) {
          cm_transposed_sparse_product_single(
            rows, columns, starts, matrix.columns, matrix.singleValues, $0, width, $1)
        }
      }
    }
  }

  private func write<Number: TensorScalar>(
    _ input: Tensor, _ output: Tensor, _ body: (UnsafePointer<Number>?, UnsafeMutablePointer<Number>?) -> Void
  ) {
    input.withElements(of: Number.self) { input in
      output.withMutableElements(of: Number.self) { body(input.baseAddress, $0.baseAddress) }
    }
  }
}

extension SparseMatrix {
  fileprivate func withStarts(_ body: (UnsafePointer<Int64>) -> Void) {
    starts.withUnsafeBufferPointer { $0.withMemoryRebound(to: Int64.self) { body($0.baseAddress!) } }
  }
}

private enum Aten {
  static let compressedRows = Operator("_sparse_csr_tensor_unsafe")
  static let compressedColumns = Operator("_sparse_csc_tensor_unsafe")
  static let product = Operator("mm")
}

extension SparseMatrix {
  /// The product as libtorch computes it.
  package func libtorchProduct(_ features: Tensor) -> Tensor {
    Aten.product(.tensor(libtorchTensor(Aten.compressedRows, [rowCount, columnCount], features)), .tensor(features))
  }

  /// The product of the transposed matrix as libtorch computes it.
  package func libtorchTransposedProduct(_ features: Tensor) -> Tensor {
    Aten.product(.tensor(libtorchTensor(Aten.compressedColumns, [columnCount, rowCount], features)), .tensor(features))
  }

  private func libtorchTensor(_ create: Operator, _ shape: [Int], _ features: Tensor) -> Tensor {
    // Indices of 32 bits are what the kernels below libtorch take.
    let (dtype, device) = (features.dtype, features.device)
    return create(
      .tensor(Tensor(starts.map { Int32($0) }).to(device)), .tensor(Tensor(columns).to(device)),
      .tensor(Tensor(values).to(dtype).to(device)), .integers(shape), .integer(Int(dtype.rawValue)), nil,
      .device(device))
  }
}
