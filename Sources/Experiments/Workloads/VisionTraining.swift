import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Torch
import VisionData
import VisionNetworks

/// What workloads of one encoder and decoders have in common: a network, its tasks, and the data that it is trained on.
final class VisionTraining {
  let configuration: Configuration
  let network: MultitaskNetwork
  let bindings: [TaskBinding]
  private let openData: () throws -> DataSetup
  private var openedData: DataSetup?

  /// How many training samples the trivial predictors look at.
  private static let trivialSampleCount = 200

  /// - Parameter openData: opens the data when they are needed.
  init(_ configuration: Configuration, _ bindings: [TaskBinding], openData: @escaping () throws -> DataSetup) throws {
    self.configuration = configuration
    self.bindings = bindings
    self.openData = openData
    network = try MultitaskNetwork(configuration, bindings: bindings)
  }

  var tasks: [VisionTask] { bindings.map(\.task) }
  private var device: Device { network.store.device }

  /// The data, which are opened once.
  ///
  /// - Throws: what is wrong with them; `ConfigurationError` if their tasks are not those of the network.
  func data() throws -> DataSetup {
    if let openedData { return openedData }
    let data = try openData()
    if let (own, other) = zip(tasks, data.bindings.map(\.task)).first(where: { $0 != $1 }) {
      throw ConfigurationError(
        "the run learned the task '\(own.name)' as \(own.kind), but the data have it as \(other.kind) now: its kind and classes have to be put back"
      )
    }
    openedData = data
    return data
  }

  func objectives(_ parts: [Batch], _ context: ForwardContext) -> [BatchObjective] {
    BatchObjective.parts(parts, of: network, bindings, on: device, context, configuration.run.precision)
  }

  func trainingBatches(from first: Int) throws -> any TrainingBatches {
    let data = try data()
    let loader = BatchLoader(
      data.training, tasks: tasks, transforms: data.trainingTransforms, batchSize: configuration.training.batchSize,
      seed: configuration.run.seed, firstBatch: first, threads: configuration.data.threads)
    return LoadedBatches(loader: loader) { [self] in objectives($0, $1) }
  }

  func forEachTokenBatch(sampleCount: Int, _ body: (any TokenSharing) throws -> Void) throws {
    let data = try data()
    let batchSize = min(configuration.training.batchSize, data.training.count)
    let available = BatchLoader.batchesPerEpoch(
      sampleCount: data.training.count, batchSize: batchSize, isShuffled: true)
    // Rounded up, without a sum that may be too large.
    let needed = sampleCount / batchSize + (sampleCount.isMultiple(of: batchSize) ? 0 : 1)
    let batchCount = min(available, needed)
    let loader = BatchLoader(
      data.training, tasks: tasks, transforms: data.evaluationTransforms, batchSize: batchSize,
      seed: configuration.run.seed, endBatch: batchCount, threads: configuration.data.threads)
    defer { loader.close() }
    for _ in 0..<batchCount { try body(objectives([try loader.next()], .evaluation)[0]) }
  }

  func evaluate() throws -> Evaluation {
    try Evaluator(data(), configuration, device).evaluate(network, precision: configuration.run.precision)
  }

  func evaluateTrivially() throws -> Evaluation {
    let data = try data()
    let predictor = try TrivialPredictor(data, count: Self.trivialSampleCount)
    return try Evaluator(data, configuration, device).evaluate { predictor($0) }
  }

  /// The network's outputs for one image, without the batch.
  func outputs(for picture: Picture) -> [Tensor] {
    let (height, width) = (configuration.data.height, configuration.data.width)
    let image = Normalization.imageNet(PixelMap(picture).resizedBilinear(height: height, width: width))
    let images = Batch([Sample(image: image, targets: [:])], tasks: []).images.to(device)
    return withoutGradients { network(images, .evaluation) }.map { $0[0] }
  }
}

/// The batches of a loader, as a network's losses.
private final class LoadedBatches: TrainingBatches {
  private let loader: BatchLoader
  private let objectives: ([Batch], ForwardContext) -> [any MultitaskObjective]

  init(loader: BatchLoader, objectives: @escaping ([Batch], ForwardContext) -> [any MultitaskObjective]) {
    self.loader = loader
    self.objectives = objectives
  }

  var waitedSeconds: Double { loader.waitedSeconds }

  func next(partCount: Int, _ context: ForwardContext) throws -> [any MultitaskObjective] {
    objectives(try (0..<partCount).map { _ in try loader.next() }, context)
  }

  func close() { loader.close() }
}
