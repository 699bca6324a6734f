import NeuralNetworks
import Support
import Torch

// What each loss of an update counts for.
extension MultitaskUpdate {
  /// Whether the losses' weights are known before the losses are differentiated.
  var knowsWeights: Bool { weighting.weighsByGradients || !weighsByLosses || objectives.count > 1 }

  private var weighsByLosses: Bool { weighting.weighsByLosses || aggregator.lossScale != .linear }

  /// The weights that do not wait for the forward pass of the update itself; nil if there are none. For several parts of a
  /// batch, the losses are computed first.
  ///
  /// - Parameters:
  ///   - tasks: whose losses are going to be differentiated.
  ///   - others: whose losses the weights may depend on, too.
  ///   - losses: those that are known, with zeros for these tasks.
  func knownWeights(_ tasks: [Int], _ others: [Int], _ losses: [Double?]) throws -> [Double]? {
    if weighting.weighsByGradients { return try weightsByGradients(of: tasks) }
    if !weighsByLosses { return try weights(for: losses) }
    guard objectives.count > 1 else { return nil }
    var losses = losses
    let all = tasks + others
    for (task, value) in zip(all, try evaluate(all)) { losses[task] = value }
    return try weights(for: losses)
  }

  /// The weights of a batch with these losses.
  func weights(for losses: [Double?]) throws -> [Double] {
    try checked(try weighting.weights(for: losses, using: &generator), losses)
  }

  /// The weights that the losses' own gradients decide, from passes of their own.
  private func weightsByGradients(of tasks: [Int]) throws -> [Double] {
    let found = try probe.run { try rows(of: tasks) }
    guard let gradients = found.gradients else { return try weights(for: found.losses) }
    return try checked(
      try weighting.weights(for: found.losses, gradients: gradients, using: &generator), found.losses)
  }

  private func checked(_ weights: [Double], _ losses: [Double?]) throws -> [Double] {
    require(
      weights.count == tasks.count, "\(type(of: weighting)) gave \(weights.count) weights for \(tasks.count) tasks")
    return try aggregator.lossScale.applied(to: scaled(weights, of: losses.present), at: losses)
  }

  /// The weights of all losses, of which those of some tasks are present, in the method's scale.
  func scaled(_ weights: [Double], of present: [Int]) -> [Double] {
    let factor = scale.factor(of: weighting, present, among: tasks.count)
    return factor == 1 ? weights : weights.map { $0 * factor }
  }

  /// The losses of some tasks over the whole batch, and their gradients with respect to the shared parameters.
  ///
  /// - Returns: the losses of all tasks; no gradients where nothing shared is trained.
  /// - Throws: ``NonFiniteError`` naming a task.
  private func rows(of tasks: [Int]) throws -> (losses: [Double?], gradients: DenseTaskGradients?) {
    var losses: [Double?] = self.tasks.map { _ in nil }
    let layout = GradientLayout(of: sharedVector)
    let leaves = sharedVector.trainedParameters.map(\.value)
    var rows: [Int: [Tensor]] = [:]
    for (part, objective) in objectives.enumerated() {
      let own = shares.tasks(tasks, in: part)
      guard !own.isEmpty else { continue }
      let pass = try ForwardPass(objective, own, graph: .perTask)
      for (index, task) in own.enumerated() {
        losses[task] = (losses[task] ?? 0) + pass.values[index] * shares[part, task]
        guard !leaves.isEmpty else { continue }
        pass.addGradient(index, shares[part, task], of: leaves, to: &rows[task])
      }
    }
    return (losses, leaves.isEmpty ? nil : layout.gradients(tasks.map { rows[$0]! }))
  }
}
