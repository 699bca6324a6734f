import Support

/// Weights of the tasks, none below zero and with the sum one, which a method moves from step to step.
///
/// In a step without some of the tasks, the others share the weight that they had.
struct SimplexWeights: Codable, Sendable {
  /// One for each task; empty before the first step.
  private(set) var values: [Double] = []

  /// Moves the weights of some of the tasks.
  ///
  /// - Parameter body: from these weights, with the sum one, to others.
  /// - Returns: the new weights of these tasks, with the sum one.
  mutating func move(_ tasks: [Int], of taskCount: Int, _ body: (Vector) -> Vector) -> Vector {
    if values.count != taskCount { values = [Double](repeating: 1 / Double(taskCount), count: taskCount) }
    let total = tasks.reduce(0) { $0 + values[$1] }
    let moved = body(Vector(tasks.map { total > 0 ? values[$0] / total : 1 / Double(tasks.count) }))
    for (row, task) in tasks.enumerated() { values[task] = moved[row] * total }
    return moved
  }

  /// Whether these can be the weights of so many tasks.
  func fits(taskCount: Int) -> Bool {
    [0, taskCount].contains(values.count) && values.allSatisfy { (0...(1 + 1e-6)).contains($0) }
  }

  init() {}

  init(from decoder: any Decoder) throws { values = try decoder.singleValueContainer().decode([Double].self) }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }
}
