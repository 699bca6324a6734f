import Support
import Torch

// From the rows of G to one direction.
extension MultitaskUpdate {
  /// Lets the aggregator make one direction of the rows.
  ///
  /// - Parameters:
  ///   - tasks: whose rows they are.
  ///   - losses: of these tasks.
  /// - Returns: the inner products, if the method needed them.
  func combine(
    _ gradients: DenseTaskGradients, tasks: [Int], losses: [Double], into direction: Tensor
  ) throws -> Gramian? {
    let needsGramian = aggregator.need == .gramian || weighting.need > .weightedSum
    // Before the method solves anything with it.
    if needsGramian { _ = try finiteGramian(of: gradients, tasks: tasks) }
    do {
      try writeDirection(of: gradients, tasks, losses, into: direction)
    } catch is NoDirectionError {
      try writeDirectionWithoutZeroRows(of: gradients, tasks, losses, into: direction)
    }
    return needsGramian || aggregator.need == .segments ? try finiteGramian(of: gradients, tasks: tasks) : nil
  }

  /// Lets the aggregator weigh the rows of independent batches.
  ///
  /// - Parameters:
  ///   - gramian: of two batches' rows, one below the other, 2K×2K.
  ///   - tasks: whose rows they are, K.
  func weights(forBatches gramian: Gramian, tasks: [Int]) throws -> Vector {
    let count = tasks.count
    for row in gramian.tasks where !gramian[row, row].isFinite {
      throw NonFiniteError(quantity: .gradient, task: self.tasks[tasks[row % count]], value: gramian[row, row])
    }
    let products = CrossProducts(
      taskCount: count, elements: (0..<count).flatMap { i in (0..<count).map { gramian[i, count + $0] } })
    var context = AggregationContext(
      tasks: tasks, taskCount: self.tasks.count, losses: tasks.map { _ in 0 }, generator: generator)
    let weights = try aggregator.weights(forIndependentBatches: products, &context)
    generator = context.generator
    return scaled(weights, of: tasks)
  }

  private func writeDirection(
    of gradients: DenseTaskGradients, _ tasks: [Int], _ losses: [Double], into direction: Tensor
  ) throws {
    var context = AggregationContext(
      tasks: tasks, taskCount: self.tasks.count, losses: losses, generator: generator)
    if scale.normalizesWeights(of: aggregator, tasks, among: self.tasks.count) {
      let weights = try aggregator.weights(forInnerProducts: gradients.gramian, &context)
      gradients.combine(weights.sum > 0 ? weights * (Double(tasks.count) / weights.sum) : weights, into: direction)
    } else {
      try aggregator.writeDirection(of: gradients, into: direction, &context)
      let factor = scale.factor(of: aggregator, tasks, among: self.tasks.count)
      if factor != 1 { direction.multiply(inPlace: factor) }
    }
    generator = context.generator
  }

  /// A task whose gradient is exactly zero has nothing to say in this step; if there still is no direction that helps all
  /// tasks, nothing is changed for any of them.
  private func writeDirectionWithoutZeroRows(
    of gradients: DenseTaskGradients, _ tasks: [Int], _ losses: [Double], into direction: Tensor
  ) throws {
    let gramian = gradients.gramian
    let kept = gramian.tasks.filter { gramian[$0, $0] > 0 }
    guard !kept.isEmpty, kept.count < tasks.count else {
      direction.zero()
      return
    }
    do {
      try writeDirection(of: gradients.rows(kept), kept.map { tasks[$0] }, kept.map { losses[$0] }, into: direction)
    } catch is NoDirectionError {
      direction.zero()
    }
  }

  func finiteGramian(of gradients: DenseTaskGradients, tasks: [Int]) throws -> Gramian {
    let gramian = gradients.gramian
    for (row, task) in tasks.enumerated() where !gramian[row, row].isFinite {
      throw NonFiniteError(quantity: .gradient, task: self.tasks[task], value: gramian[row, row])
    }
    return gramian
  }
}
