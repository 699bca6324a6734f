import Support

/// Answers: how much does each loss count?
///
/// A weighting may be any function of the losses; its *weights* are the derivatives of its total with respect
/// to each loss, which is all that a gradient step needs.
///
/// Losses come as one entry for each of the network's tasks, in their order; nil for a task that has no labels in the
/// step. Such a task is absent: what a weighting has learned of it stays as it is.
public protocol LossWeighting: Checkpointed, Sendable {
  /// What the weighting needs of the tasks' gradients: ``GradientNeed/weightedSum`` if it does not look at them,
  /// ``GradientNeed/gramian`` if it learns from their norms.
  var need: GradientNeed { get }

  /// Whether ``weights(for:using:)`` looks at the losses; defaults to true. If it does not, the weights of a step are
  /// asked for before there are losses, with zeros for the tasks that are present, and tasks with features of their own
  /// are differentiated one after another, so that one task's graph at a time is kept.
  var weighsByLosses: Bool { get }

  /// Whether the weights of a step follow from the gradients of its own losses; defaults to false. If they do, a step takes
  /// one more forward pass and a backward pass for each task, to ask for them by ``weights(for:gradients:using:)``.
  var weighsByGradients: Bool { get }

  /// Whether the weighting learns from what an update did to the losses of the same batch: one more forward pass.
  var observesUpdates: Bool { get }

  /// How many batches a step takes; defaults to one. A second one is for weightings that ``learn(from:)`` what weights lead
  /// to there.
  var batchCount: Int { get }

  /// Learns from losses and gradients of two batches, before a step. A step asks weightings of two batches.
  ///
  /// - Returns: the weights of the losses of each batch, one for each task; nil if the step is made on the first batch alone,
  ///   with the weights that the weighting gives then.
  /// - Throws: ``NonFiniteError`` naming a task.
  mutating func learn(from lookahead: Lookahead) throws -> [[Double]]?

  /// The weights for a batch with these losses, before the weighting learns from them.
  ///
  /// - Returns: one for each task; those of absent tasks mean nothing.
  /// - Throws: ``MethodError`` if a loss is outside of what the method is defined for.
  mutating func weights(for losses: [Double?], using generator: inout SeededGenerator) throws -> [Double]

  /// The weights for a batch with these losses and gradients. A step asks weightings that weigh by gradients.
  ///
  /// - Parameters:
  ///   - losses: of all tasks; nil for an absent one.
  ///   - gradients: of the unweighted losses of the present tasks, ascending, with respect to the shared parameters.
  ///   - generator: where random numbers come from.
  /// - Returns: one for each task; those of absent tasks mean nothing.
  /// - Throws: ``MethodError`` if a loss or a gradient is outside of what the method is defined for.
  mutating func weights(
    for losses: [Double?], gradients: any ElementwiseGradients, using generator: inout SeededGenerator
  ) throws -> [Double]

  /// Learns from the losses of a step. Comes after ``weights(for:using:)``.
  mutating func update(losses: [Double?])

  /// Learns from the norms of the tasks' gradients. A step tells them to weightings whose ``need`` is
  /// ``GradientNeed/gramian``.
  ///
  /// - Parameters:
  ///   - losses: of the step.
  ///   - gradientNorms: of the unweighted losses, with respect to what the tasks share.
  mutating func update(losses: [Double?], gradientNorms: [Double?])

  /// Learns from the losses before and after an update. A step tells them to weightings that observe updates.
  mutating func update(before: [Double?], after: [Double?])

  /// The sum of the weights of some tasks, if it is the same in every step, or at least before the weighting has learned
  /// anything; nil, the default, if it depends on the losses. Methods are brought to a common scale by it.
  ///
  /// - Parameters:
  ///   - tasks: the tasks that have labels, ascending.
  ///   - taskCount: the number of all tasks.
  func totalWeight(of tasks: [Int], among taskCount: Int) -> Double?

  /// Whether the weighting learns from how well tasks are done, which a training tells after each evaluation.
  var observesPerformance: Bool { get }

  /// Learns from each task's performance, from 0 (bad) to 1.
  mutating func observe(performance: [Double])
}

extension LossWeighting {
  /// One batch, unless a weighting says so.
  public var batchCount: Int { 1 }
  /// Learns nothing.
  public mutating func learn(from lookahead: Lookahead) throws -> [[Double]]? { nil }
  /// The gradients are not looked at, unless a weighting says so.
  public var need: GradientNeed { .weightedSum }
  /// The weights depend on the losses of the step, unless a weighting says otherwise.
  public var weighsByLosses: Bool { true }
  /// The gradients of the step do not decide its weights, unless a weighting says so.
  public var weighsByGradients: Bool { false }
  /// The losses after an update are not wanted, unless a weighting says so.
  public var observesUpdates: Bool { false }
  /// Nothing is known of the sum, unless a weighting says it.
  public func totalWeight(of tasks: [Int], among taskCount: Int) -> Double? { nil }
  /// How well tasks are done is not wanted, unless a weighting says so.
  public var observesPerformance: Bool { false }
  /// As without the gradients.
  public mutating func weights(
    for losses: [Double?], gradients: any ElementwiseGradients, using generator: inout SeededGenerator
  ) throws -> [Double] {
    try weights(for: losses, using: &generator)
  }

  /// Learns nothing.
  public mutating func update(losses: [Double?]) {}
  /// Learns nothing.
  public mutating func update(losses: [Double?], gradientNorms: [Double?]) {}
  /// Learns nothing.
  public mutating func update(before: [Double?], after: [Double?]) {}
  /// Learns nothing.
  public mutating func observe(performance: [Double]) {}
}
