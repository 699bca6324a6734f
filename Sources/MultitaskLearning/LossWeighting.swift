import Torch

/// Answers: how much does each loss count?
///
/// A weighting may be any function of the losses; its *weights* are the derivatives of its total with respect
/// to each loss, which is all that a gradient step needs.
public protocol LossWeighting: Checkpointed, Sendable {
  /// The weights for a batch with these losses, before the weighting learns from them.
  ///
  /// - Throws: ``MethodError`` where a loss is outside of what the method is defined for.
  mutating func weights(for losses: [Double], using generator: inout SeededGenerator) throws -> [Double]

  /// Whether ``weights(for:using:)`` looks at the losses; true where a weighting does not say. Where it does not, tasks
  /// with features of their own are differentiated one after another, so that one task's graph at a time is kept: the
  /// weights are then asked for before there are losses, with zeros.
  var weighsByLosses: Bool { get }

  /// Learns from the losses of a step, averaged over its batches. Comes after ``weights(for:using:)``.
  mutating func update(losses: [Double])
}

extension LossWeighting {
  public var weighsByLosses: Bool { true }
  public mutating func update(losses: [Double]) {}
}

/// A weighting that learns from what an update did to the losses of the same batch.
public protocol LearnsFromUpdates: LossWeighting {
  mutating func update(before: [Double], after: [Double])
}

/// A weighting that learns from the norms of the tasks' gradients: it costs a backward pass for each task.
public protocol LearnsFromGradients: LossWeighting {
  /// - Parameters:
  ///   - losses: of the step.
  ///   - gradientNorms: of the unweighted losses, with respect to what the tasks share.
  mutating func update(losses: [Double], gradientNorms: [Double])
}
