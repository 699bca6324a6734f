import Torch

/// The losses of one batch, and what the tasks' gradients can be taken with respect to.
struct ForwardPass {
  /// As the encoder gave them.
  let features: [Tensor]
  /// What the losses start from where the graph is cut between encoder and decoders: the same values, as leaves.
  let leaves: [Tensor]?
  let losses: [Tensor]
  /// Whether the losses have graphs of their own.
  let isApart: Bool
  /// The losses as numbers: those of `tasks`, then of `others`.
  let values: [Double]

  /// - Parameters:
  ///   - tasks: whose losses will be differentiated.
  ///   - others: whose losses are only wanted as numbers.
  ///   - isCut: whether the gradients with respect to the features are wanted, where tasks share any.
  ///   - isApart: whether each task's loss has a graph of its own: what a backward pass for each then costs is that task's
  ///     part of the network, where tasks have features of their own.
  /// - Throws: ``NonFiniteError`` naming a task.
  init(_ objective: any MultitaskObjective, _ tasks: [Int], others: [Int], isCut: Bool, isApart: Bool) throws {
    self.isApart = isApart && objective.featuresDependOnTask
    features = self.isApart ? [] : objective.features(for: tasks)
    let canBeCut = !features.isEmpty && !objective.featuresDependOnTask
    leaves = isCut && canBeCut ? features.map(\.leaf) : nil
    losses =
      self.isApart
      ? tasks.flatMap { objective.losses(of: [$0]) } : objective.losses(of: tasks, from: leaves ?? features)
    let otherLosses = others.isEmpty ? [] : Self.losses(of: others, objective, features)
    values = try Self.finiteValues(of: losses + otherLosses, (tasks + others).map { objective.tasks[$0] })
  }

  /// Without a graph: from the same features, where those do not depend on the tasks.
  private static func losses(
    of tasks: [Int], _ objective: any MultitaskObjective, _ features: [Tensor]
  ) -> [Tensor] {
    withoutGradients {
      objective.featuresDependOnTask ? objective.losses(of: tasks) : objective.losses(of: tasks, from: features)
    }
  }

  /// Gradients with respect to the features as seeds for a pass through the encoder, which may compute in fewer bits.
  func seeds(_ gradients: [Tensor]) -> [Tensor] { zip(gradients, features).map { $0.to($1.dtype) } }

  /// The losses as numbers, of a pass without a graph.
  ///
  /// - Throws: ``NonFiniteError`` naming a task.
  static func values(of tasks: [Int], _ objective: any MultitaskObjective) throws -> [Double] {
    try finiteValues(of: withoutGradients { objective.losses(of: tasks) }, tasks.map { objective.tasks[$0] })
  }

  static func finiteValues(of losses: [Tensor], _ tasks: [String]) throws -> [Double] {
    let values: [Double] = Tensor.stacked(losses.map { $0.detached() }).array()
    for (value, task) in zip(values, tasks) where !value.isFinite {
      throw NonFiniteError(quantity: .loss, task: task, value: value)
    }
    return values
  }
}

extension Tensor {
  fileprivate var leaf: Tensor {
    let leaf = detached()
    leaf.requiresGradient = true
    return leaf
  }
}
