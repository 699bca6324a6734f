import Torch

/// The tasks' gradients with respect to what they share: the rows of G ∈ R^(K×d).
///
/// Methods that only need inner products ask for no more than these two, so that G need not be held at all.
public protocol TaskGradients: AnyObject {
  var taskCount: Int { get }
  var gramian: Gramian { get }

  /// `Gᵀ w`, a vector of d elements.
  func combined(_ weights: [Double]) -> Tensor
}

/// G held in memory, for methods that look at single elements, too.
public final class DenseTaskGradients: TaskGradients {
  /// K×d.
  public let rows: Tensor

  public init(rows: Tensor) {
    precondition(rows.rank == 2, "\(rows.signature) is no matrix of gradients")
    self.rows = rows
  }

  public var taskCount: Int { rows.shape[0] }

  /// Columns multiplied at once: K×this many float32 stay in a core's cache, and sums this long keep float32's
  /// precision; the blocks are added in float64.
  private static let blockWidth = 1 << 15

  /// The columns in pieces that fit into a core's cache.
  var columnBlocks: [Range<Int>] {
    let width = rows.shape[1]
    return stride(from: 0, to: width, by: Self.blockWidth).map { $0..<min(width, $0 + Self.blockWidth) }
  }

  public private(set) lazy var gramian: Gramian = withoutGradients {
    let taskCount = taskCount
    var sum = [Double](repeating: 0, count: taskCount * taskCount)
    for columns in columnBlocks {
      let block = rows[.all, columns]
      let product: [Double] = block.matmul(block.transposed()).array()
      for index in sum.indices { sum[index] += product[index] }
    }
    return Gramian(taskCount: taskCount, elements: sum)
  }

  public func combined(_ weights: [Double]) -> Tensor {
    precondition(weights.count == taskCount, "\(weights.count) weights for \(taskCount) gradients")
    return withoutGradients {
      rows.transposed().times(vector: Tensor(weights).to(rows.dtype).to(rows.device))
    }
  }
}
