import MultitaskLearning
import NeuralNetworks
import Support
import VisionMetrics
import VisionNetworks

/// What a run trains: a network, its data, and how it is judged. ``Trainer`` asks it, and knows nothing else of it.
///
/// The workloads of the library are entries of ``WorkloadRegistry``; a user of the library can write others.
public protocol Workload {
  /// The network. Its tasks are the losses: the rows of G.
  var network: any AdaptableNetwork { get }

  /// What evaluations tell results of, in their order; defaults to the network's tasks.
  var evaluatedNames: [String] { get }

  /// The workload as one that predicts from single images; nil, by default, if it does not.
  var imagePredictor: (any ImagePredicting)? { get }

  /// The network as one of an encoder and decoders; nil, by default, if it is another.
  var multitaskNetwork: MultitaskNetwork? { get }

  /// What a person is to know before training begins; defaults to nil.
  func note() throws -> String?

  /// Opens the training data.
  ///
  /// - Parameter first: the number of the first part of a batch that is wanted, from 0. It has to be the same part
  ///   whichever is the first, so that a resumed run goes on with the batches that it would have had.
  func trainingBatches(from first: Int) throws -> any TrainingBatches

  /// Hands over batches of the training data in evaluation, always the same ones, for adaptations that look at tokens.
  ///
  /// - Parameters:
  ///   - sampleCount: how many samples the batches have together, at least; all if there are fewer.
  ///   - body: what is called with each batch.
  /// - Throws: `MethodError` by default: the workload has no tokens.
  func forEachTokenBatch(sampleCount: Int, _ body: (any TokenSharing) throws -> Void) throws

  /// Metrics of the network, as it is now, on the validation data.
  func evaluate() throws -> Evaluation

  /// Metrics on the validation data of a predictor that says the same about every sample: what a network has to beat.
  func evaluateTrivially() throws -> Evaluation

  /// The cost of a forward pass for one image of a size, which defaults to that of evaluations.
  ///
  /// - Returns: nil, by default, if the workload's network does not take images alone.
  /// - Throws: `NetworkError` for sides that the network cannot take.
  func cost(height: Int?, width: Int?) throws -> NetworkCost?

  /// The cost of what the network, as it is now, becomes after training, for an image of the size of evaluations: of the
  /// static network if it has gates, and by default of the network itself.
  func finalCost() throws -> NetworkCost?

  /// How well each of the network's tasks is done, from 0 (bad) to 1, for weightings that learn from it.
  ///
  /// - Returns: nil, by default, if the workload does not say.
  func performance(_ evaluation: Evaluation) -> [Double]?

  /// Keeps in a run's folder what ``WorkloadFactory/restore(_:from:)`` needs when the data are not there; defaults to
  /// nothing.
  func keep(in folder: RunFolder) throws

  /// Makes sure that a run which goes on is about the same: the meaning of tasks and classes; defaults to nothing.
  ///
  /// - Throws: `FileError` that names what has changed.
  func requireSame(asIn folder: RunFolder) throws

  /// Draws some validation samples for the report; defaults to nothing.
  func drawSamples(in folder: RunFolder) throws
}

extension Workload {
  /// The names of the network's tasks.
  public var evaluatedNames: [String] { network.tasks }
  /// Nil: the workload does not predict from single images.
  public var imagePredictor: (any ImagePredicting)? { nil }
  /// Nil: the network is not one of an encoder and decoders.
  public var multitaskNetwork: MultitaskNetwork? { nil }
  /// Throws `MethodError`: the workload has no tokens.
  public func forEachTokenBatch(sampleCount: Int, _ body: (any TokenSharing) throws -> Void) throws {
    throw MethodError("this workload's network has no tokens: token spaces are those of transformers")
  }
  /// Returns nil: the network is not counted.
  public func cost(height: Int?, width: Int?) throws -> NetworkCost? { nil }
  /// Returns the cost of the network itself.
  public func finalCost() throws -> NetworkCost? { try cost(height: nil, width: nil) }
  /// Returns nil: there is nothing to say.
  public func note() throws -> String? { nil }
  /// Returns nil: the workload does not say.
  public func performance(_ evaluation: Evaluation) -> [Double]? { nil }
  /// Writes nothing.
  public func keep(in folder: RunFolder) throws {}
  /// Accepts every folder.
  public func requireSame(asIn folder: RunFolder) throws {}
  /// Draws nothing.
  public func drawSamples(in folder: RunFolder) throws {}
}

/// Batches of a workload's training data, one after another.
public protocol TrainingBatches: AnyObject {
  /// The next step's batch: the network's losses on each of its parts. It waits until the data are ready.
  ///
  /// - Parameters:
  ///   - partCount: into how many parts the step's batches are cut, because of memory, or because the method takes several.
  ///   - context: training, with the source of the network's random draws.
  /// - Throws: `FileError` if data cannot be read.
  func next(partCount: Int, _ context: ForwardContext) throws -> [any MultitaskObjective]

  /// Seconds that ``next(partCount:_:)`` has waited for data so far.
  var waitedSeconds: Double { get }

  /// The losses of predictions from within the network, which were computed since the last ``next(partCount:_:)``, by
  /// `task/name`; defaults to none.
  ///
  /// Each is a mean over the batch's labels without its factor in the task's loss, before the step's first update of the
  /// task.
  var auxiliaryLosses: [String: Double] { get }

  /// Ends what works in the background.
  func close()
}

extension TrainingBatches {
  /// An empty dictionary: there are no predictions from within the network.
  public var auxiliaryLosses: [String: Double] { [:] }
}
