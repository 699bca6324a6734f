import Support

/// The inner products of the tasks' gradients, `M = G Gᵀ`: K×K, symmetric, float64.
public struct Gramian: Sendable, Equatable {
  public let taskCount: Int
  private var elements: [Double]

  /// - Parameter elements: row-major, K².
  public init(taskCount: Int, elements: [Double]) {
    require(elements.count == taskCount * taskCount, "\(elements.count) elements for \(taskCount) tasks")
    self.taskCount = taskCount
    self.elements = elements
  }

  /// The Gramian of explicit rows.
  public init(rows: [[Double]]) {
    taskCount = rows.count
    elements = rows.flatMap { a in rows.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
  }

  public var tasks: Range<Int> { 0..<taskCount }

  public subscript(i: Int, j: Int) -> Double { elements[i * taskCount + j] }

  /// `‖g_i‖`.
  public func norm(_ i: Int) -> Double { max(0, self[i, i]).squareRoot() }

  /// The cosine of two tasks' gradients; zero where one vanishes.
  public func cosine(_ i: Int, _ j: Int) -> Double {
    let norms = norm(i) * norm(j)
    return norms > 0 ? self[i, j] / norms : 0
  }

  /// Coordinates of `g_i` in the basis of the rows.
  public func unit(_ i: Int) -> [Double] { tasks.map { $0 == i ? 1 : 0 } }

  /// The inner product of `Gᵀ coordinates` with `g_j`.
  public func product(_ coordinates: [Double], _ j: Int) -> Double {
    tasks.reduce(0) { $0 + coordinates[$1] * self[$1, j] }
  }

  /// The Gramian of rows multiplied by the given factors.
  public func scaled(by factors: [Double]) -> Gramian {
    Gramian(
      taskCount: taskCount,
      elements: tasks.flatMap { i in tasks.map { j in factors[i] * self[i, j] * factors[j] } })
  }

  /// Of matrices side by side.
  public static func + (a: Gramian, b: Gramian) -> Gramian {
    require(a.taskCount == b.taskCount, "Gramians of \(a.taskCount) and \(b.taskCount) tasks")
    return Gramian(taskCount: a.taskCount, elements: zip(a.elements, b.elements).map { $0 + $1 })
  }

  public var isFinite: Bool { elements.allSatisfy(\.isFinite) }
}
