import Support
import Torch

/// A rule that changes the network while it trains: it watches, decides, and grows the network through its store.
///
/// Optimizers, weightings, aggregators and schedules go on: vectors keep values and moments where they grow. What an
/// adaptation did is its state; ``rebuild(_:)`` gives a fresh network the same shape, so that a checkpoint fits.
public protocol NetworkAdaptation: Checkpointed, Sendable {
  /// Whether tasks may have features of their own afterwards: then no method can work on shared ones.
  var givesTasksFeatures: Bool { get }
  /// Whether it works on the blocks of a transformer.
  var needsTransformer: Bool { get }
  /// The adaptation as one that lets a transformer grow by its tokens' conflicts; nil, by default, if it does not.
  var tokenGrowing: (any TokenGrowing)? { get }

  /// Finds what the network lacks, before training begins.
  ///
  /// - Throws: ``MethodError``.
  func check(_ network: any AdaptableNetwork) throws

  /// Changes the network before a step, if it is time.
  ///
  /// - Returns: what was seen and done; nil if nothing was.
  /// - Throws: ``MethodError`` when it cannot, ``NonFiniteError`` naming a task.
  mutating func adapt(
    _ training: some AdaptableTraining, using generator: inout SeededGenerator
  ) throws -> AdaptationReport?

  /// Changes a fresh network as `state` says.
  ///
  /// - Throws: ``MethodError`` when the network is another one.
  func rebuild(_ network: any AdaptableNetwork) throws
}

extension NetworkAdaptation {
  /// Nil: the adaptation does not look at tokens.
  public var tokenGrowing: (any TokenGrowing)? { nil }
}
