import Support

/// The inner products of the tasks' gradients of one batch with those of another, `A = J₁ J₂ᵀ`: K×K, float64, not
/// symmetric. As the batches are independent, its mean is the Gramian of the expected gradients.
public struct CrossProducts: Sendable, Equatable {
  /// The number of tasks, K.
  public let taskCount: Int
  private let elements: [Double]

  /// - Parameters:
  ///   - taskCount: the number of tasks, K.
  ///   - elements: the products row by row, K².
  public init(taskCount: Int, elements: [Double]) {
    require(elements.count == taskCount * taskCount, "\(elements.count) elements for \(taskCount) tasks")
    self.taskCount = taskCount
    self.elements = elements
  }

  /// The products of a batch with itself.
  public init(_ gramian: Gramian) { self.init(taskCount: gramian.taskCount, elements: gramian.elements) }

  /// The product of task i's gradient of the first batch with task j's of the second.
  public subscript(i: Int, j: Int) -> Double { elements[i * taskCount + j] }

  /// `A v`.
  public func times(_ vector: Vector) -> Vector {
    require(vector.count == taskCount, "\(vector.count) numbers for \(taskCount) tasks")
    return Vector((0..<taskCount).map { i in (0..<taskCount).reduce(0) { $0 + self[i, $1] * vector[$1] } })
  }

  /// The products divided by a number.
  public static func / (a: CrossProducts, divisor: Double) -> CrossProducts {
    CrossProducts(taskCount: a.taskCount, elements: a.elements.map { $0 / divisor })
  }

  /// The diagonal where it is above zero: each task's gradients of both batches agree so far.
  var positiveDiagonal: [Double] { (0..<taskCount).map { self[$0, $0] }.filter { $0 > 0 } }
}
