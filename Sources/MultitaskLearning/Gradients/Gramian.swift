import Support

/// The inner products of the tasks' gradients, `M = G Gᵀ`: K×K, symmetric, float64.
public struct Gramian: Sendable, Equatable {
  /// The number of gradients, K.
  public let taskCount: Int
  /// The products row by row, K².
  let elements: [Double]

  /// - Parameters:
  ///   - taskCount: the number of gradients, K.
  ///   - elements: the products row by row, K².
  public init(taskCount: Int, elements: [Double]) {
    require(elements.count == taskCount * taskCount, "\(elements.count) elements for \(taskCount) tasks")
    self.taskCount = taskCount
    self.elements = elements
  }

  /// The Gramian of explicit rows.
  ///
  /// - Parameter rows: K gradients of the same number of elements.
  public init(rows: [[Double]]) {
    taskCount = rows.count
    let rows = rows.map { Vector($0) }
    elements = rows.flatMap { a in rows.map { b in a.dot(b) } }
  }

  /// The rows, by which everything of a Gramian is asked for: 0 to K − 1.
  public var tasks: Range<Int> { 0..<taskCount }

  /// The inner product of two rows.
  public subscript(i: Int, j: Int) -> Double { elements[i * taskCount + j] }

  /// The length of a gradient, `‖g_i‖`.
  public func norm(_ i: Int) -> Double { max(0, self[i, i]).squareRoot() }

  /// The lengths of all gradients.
  public var norms: Vector { Vector(tasks.map(norm)) }

  /// The cosine of two tasks' gradients; zero where one vanishes.
  public func cosine(_ i: Int, _ j: Int) -> Double {
    let norms = norm(i) * norm(j)
    return norms > 0 ? self[i, j] / norms : 0
  }

  /// The coordinates of `g_i` in the basis of the rows.
  public func unit(_ i: Int) -> Vector { Vector(tasks.map { $0 == i ? 1 : 0 }) }

  /// The inner product of `Gᵀ coordinates` with `g_j`.
  public func product(_ coordinates: Vector, _ j: Int) -> Double {
    tasks.reduce(0) { $0 + coordinates[$1] * self[$1, j] }
  }

  /// The Gramian of rows that are multiplied by the given factors.
  ///
  /// - Parameter factors: K numbers.
  public func scaled(by factors: Vector) -> Gramian {
    Gramian(
      taskCount: taskCount,
      elements: tasks.flatMap { i in tasks.map { j in factors[i] * self[i, j] * factors[j] } })
  }

  /// The Gramian of two matrices side by side: the inner products over the columns of both.
  public static func + (a: Gramian, b: Gramian) -> Gramian {
    require(a.taskCount == b.taskCount, "Gramians of \(a.taskCount) and \(b.taskCount) tasks")
    return Gramian(taskCount: a.taskCount, elements: zip(a.elements, b.elements).map { $0 + $1 })
  }

  /// Whether no product is infinite or not a number.
  public var isFinite: Bool { elements.allSatisfy(\.isFinite) }
}
