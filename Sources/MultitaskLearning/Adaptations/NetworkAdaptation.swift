import NeuralNetworks
import Torch

/// A rule that changes the network while it trains: it watches, decides, and grows the network through its store.
///
/// Optimizers, weightings, aggregators and schedules go on: vectors keep values and moments where they grow. What an
/// adaptation did is its state; ``rebuild(_:)`` gives a fresh network the same shape, so that a checkpoint fits.
public protocol NetworkAdaptation: Checkpointed, Sendable {
  /// Finds what the network lacks, before training begins.
  ///
  /// - Throws: ``MethodError``.
  func check(_ network: any AdaptableNetwork) throws

  /// Changes the network before a step, if it is time.
  ///
  /// - Returns: what was seen and done; none where nothing was.
  /// - Throws: ``MethodError`` when it cannot, ``NonFiniteError`` naming a task.
  mutating func adapt(
    _ training: some AdaptableTraining, using generator: inout SeededGenerator
  ) throws -> TokenAdaptationReport?

  /// Changes a fresh network as ``state`` says.
  func rebuild(_ network: any AdaptableNetwork)
}

/// What an adaptation can change.
public protocol AdaptableNetwork {
  var tasks: [String] { get }
  var store: ParameterStore { get }
  /// The shared transformer blocks, where there are any.
  var transformer: TransformerStack? { get }
}

/// A training as an adaptation sees it.
public protocol AdaptableTraining: AdaptableNetwork {
  var completedSteps: Int { get }
  var totalSteps: Int { get }

  /// Hands over batches of the training data, in evaluation, always the same ones.
  ///
  /// - Parameter sampleCount: how many samples, at least, where there are as many.
  func forEachBatch(sampleCount: Int, _ body: (any SharesTokens) throws -> Void) throws
}

/// An objective whose network is made of transformer blocks, whose tokens all tasks share up to some layer.
public protocol SharesTokens: MultitaskObjective {
  /// The shared features, telling on the way the tokens that enter each layer, batch × tokens × width, up to the last
  /// layer that tasks enter together.
  func features(observing: (_ tokens: Tensor) -> Void) -> [Tensor]
}

/// The network stays as it is.
public struct NoAdaptation: NetworkAdaptation {
  public init() {}

  public func check(_ network: any AdaptableNetwork) {}
  public func adapt(
    _ training: some AdaptableTraining, using generator: inout SeededGenerator
  ) -> TokenAdaptationReport? { nil }
  public func rebuild(_ network: any AdaptableNetwork) {}
}

extension NoAdaptation {
  /// As the registry knows it.
  public static let entry = MethodEntry<any NetworkAdaptation>(
    "none", summary: "The network stays as it is.", paper: "the usual way"
  ) { _ in NoAdaptation() }
}
