import Support
import Torch

/// Moving averages of the tasks' gradients, which outlive the step: a vector of d elements for each task.
///
/// A step makes new vectors, so that one that fails leaves the last ones as they were. Besides, K·d numbers are kept.
struct GradientAverages: Sendable {
  /// What is known of the averages besides their elements.
  struct State: Codable, Sendable {
    /// How often each task was seen; empty before the first step.
    var counts: [Int] = []
    /// How much of each average is still the zero that it began with.
    var remainders: [Double] = []

    /// Whether these can be the numbers of so many tasks.
    func fits(taskCount: Int) -> Bool {
      counts.count == remainders.count && [0, taskCount].contains(counts.count) && counts.allSatisfy(\.isStepCount)
        && zip(counts, remainders).allSatisfy { $0 > 0 ? (0..<1).contains($1) : $1 == 1 }
    }
  }

  /// What is known besides the elements.
  var state = State()
  /// The averages of the tasks that were seen.
  private var rows: [Int: Tensor] = [:]

  /// Whether every task was seen.
  var areComplete: Bool { !state.counts.isEmpty && state.counts.allSatisfy { $0 > 0 } }

  /// What averages are divided by that do not count the zeros they began with, one for each of the tasks.
  func corrections(of tasks: [Int]) -> Vector { Vector(tasks.map { 1 - state.remainders[$0] }) }

  /// Follows the gradients of a step: `b ← β b + (1 − β) s g`. Averages of another width begin anew.
  ///
  /// - Parameters:
  ///   - scales: s, one for each row.
  ///   - rate: β, by how often the task was seen, from 1.
  mutating func follow(
    _ gradients: any ElementwiseGradients, _ context: AggregationContext, scales: Vector, rate: (_ count: Int) -> Double
  ) {
    let isKnown = state.counts.indices.allSatisfy { rows[$0]?.count == (state.counts[$0] > 0 ? gradients.width : nil) }
    if !isKnown || state.counts.count != context.taskCount {
      state.counts = [Int](repeating: 0, count: context.taskCount)
      state.remainders = [Double](repeating: 1, count: context.taskCount)
      rows = [:]
    }
    let new = gradients.rows(in: 0..<gradients.width)
    for (index, task) in context.tasks.enumerated() {
      state.counts[task] += 1
      let beta = rate(state.counts[task])
      state.remainders[task] *= beta
      let row = new[index]
      let last = rows[task]?.to(row.dtype).to(row.device)
      withoutGradients { row.multiply(inPlace: (1 - beta) * scales[index]) }
      if let last { withoutGradients { row.add(inPlace: last, scale: beta) } }
      rows[task] = row
    }
  }

  /// The averages of some of the tasks that were seen, as rows.
  func gradients(of tasks: [Int]) -> DenseTaskGradients {
    let rows = tasks.map { self.rows[$0]! }
    let block = GradientBlock(columns: 0..<rows[0].count, rows: rows)
    return DenseTaskGradients(blocks: [block], width: rows[0].count, segments: [])
  }

  /// The averages by name, for a checkpoint.
  var tensors: [(name: String, tensor: Tensor)] {
    rows.sorted { $0.key < $1.key }.map { ("average.\($0.key)", $0.value) }
  }

  /// Takes the averages of a checkpoint, for the state that it has.
  ///
  /// - Throws: ``MethodError`` for tensors that are not those of the state.
  mutating func restore(_ tensors: [String: Tensor]) throws {
    var rows: [Int: Tensor] = [:]
    for task in state.counts.indices where state.counts[task] > 0 {
      rows[task] = try tensors.vector("average.\(task)")
    }
    guard Set(rows.values.map(\.count)).count <= 1 else {
      throw MethodError("the averages of the tasks' gradients have different numbers of elements")
    }
    self.rows = rows
  }
}

extension [String: Tensor] {
  /// A vector of finite numbers from a file.
  ///
  /// - Throws: ``MethodError`` where there is none of this name.
  func vector(_ name: String) throws -> Tensor {
    guard let tensor = self[name] else { throw MethodError("the state lacks its tensor '\(name)'") }
    guard tensor.rank == 1, [.float32, .float64].contains(tensor.dtype), tensor.sum().item.isFinite else {
      throw MethodError("the state's tensor '\(name)' is \(tensor.signature), and no vector of finite numbers")
    }
    return tensor
  }
}
