import NeuralNetworks

/// What an adaptation can change.
public protocol AdaptableNetwork {
  var tasks: [String] { get }
  var store: ParameterStore { get }
  /// The shared transformer blocks, where there are any.
  var transformer: TransformerStack? { get }
  /// How the network's own groups of parameters are optimized if a training does not define them; defaults to none.
  var optimizerGroups: [OptimizerGroup] { get }
  /// The gates as they are now; nil, by default, if the network has none.
  var gateState: GateState? { get }

  /// Prepares the network for a step of training; by default nothing happens.
  ///
  /// - Parameters:
  ///   - completed: the number of steps done.
  ///   - total: the number of steps of the training.
  func willStep(_ completed: Int, of total: Int)
  /// Is called after the update of a step; by default nothing happens.
  func didStep()
}

extension AdaptableNetwork {
  /// Nil: the network has no gates.
  public var gateState: GateState? { nil }
  /// Does nothing.
  public func willStep(_ completed: Int, of total: Int) {}
  /// Does nothing.
  public func didStep() {}
  /// No groups.
  public var optimizerGroups: [OptimizerGroup] { [] }
}

/// A training as an adaptation sees it.
public protocol AdaptableTraining: AdaptableNetwork {
  var completedSteps: Int { get }
  var totalSteps: Int { get }

  /// Hands over batches of the training data, in evaluation, always the same ones.
  ///
  /// - Parameters:
  ///   - sampleCount: how many samples the batches have together, at least; all if there are fewer.
  ///   - body: what is called with each batch.
  func forEachBatch(sampleCount: Int, _ body: (any TokenSharing) throws -> Void) throws
}
