import NeuralNetworks

/// What an adaptation can change.
public protocol AdaptableNetwork {
  var tasks: [String] { get }
  var store: ParameterStore { get }
  /// The shared transformer blocks, where there are any.
  var transformer: TransformerStack? { get }
  /// How the network's own groups of parameters are optimized if a training does not define them; defaults to none.
  var optimizerGroups: [OptimizerGroup] { get }
}

extension AdaptableNetwork {
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
