import Support

// Losses and what belongs to them, as one entry for each of all tasks: nil for a task that is absent.

/// Values of some tasks as one entry for each of all tasks; nil for the others.
///
/// - Parameters:
///   - values: one for each of `tasks`.
///   - tasks: positions of different tasks.
///   - count: the number of all tasks.
func spread<Value>(_ values: some Collection<Value>, over tasks: [Int], count: Int) -> [Value?] {
  require(values.count == tasks.count, "\(values.count) values for \(tasks.count) tasks")
  var spread = [Value?](repeating: nil, count: count)
  for (task, value) in zip(tasks, values) { spread[task] = value }
  return spread
}

extension Collection where Element == Double?, Index == Int {
  /// The positions of the tasks that are present.
  var present: [Int] { indices.filter { self[$0] != nil } }

  /// The values, with zero for absent tasks.
  var orZeros: [Double] { map { $0 ?? 0 } }

  /// - Throws: ``MethodError`` naming the first task whose loss is below zero.
  func requireNonnegative(for method: String) throws {
    guard let wrong = firstIndex(where: { $0.map { $0 < 0 } ?? false }), let loss = self[wrong] else { return }
    throw MethodError("\(method) needs losses of at least 0, but that of task \(wrong) (from 0) is \(loss)")
  }
}

/// Adds the losses of a step to each task's sum, and counts the steps in which the task had a loss.
///
/// - Parameters:
///   - losses: of a step, one for each of all tasks.
///   - sums: of the steps so far; empty before the first one.
///   - counts: how many losses each sum has; empty before the first step.
func add(_ losses: [Double?], to sums: inout [Double], counts: inout [Int]) {
  if sums.isEmpty {
    sums = losses.map { _ in 0 }
    counts = losses.map { _ in 0 }
  }
  for (task, loss) in losses.enumerated() {
    guard let loss else { continue }
    sums[task] += loss
    counts[task] += 1
  }
}

/// Each task's first loss above zero: what later losses are compared with.
struct FirstLosses: Codable, Sendable {
  /// nil for a task that had no loss above zero so far; empty before the first step.
  private(set) var values: [Double?]

  init(_ values: [Double?] = []) { self.values = values }

  init(from decoder: any Decoder) throws { values = try decoder.singleValueContainer().decode([Double?].self) }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }

  subscript(task: Int) -> Double? { values.isEmpty ? nil : values[task] }

  /// Keeps the losses of tasks of which none is known yet.
  mutating func note(_ losses: [Double?]) {
    if values.isEmpty { values = losses.map { _ in nil } }
    for (task, loss) in losses.enumerated() where values[task] == nil {
      if let loss, loss > 0 { values[task] = loss }
    }
  }

  /// Whether these can be the first losses of so many tasks.
  func fits(taskCount: Int) -> Bool { [0, taskCount].contains(values.count) && values.compactMap { $0 }.arePositive }
}
