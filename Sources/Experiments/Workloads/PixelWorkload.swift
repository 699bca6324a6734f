import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Torch
import VisionData
import VisionNetworks

/// Tasks that say something about every pixel of an image: an encoder that they share, and their decoders.
public final class PixelWorkload: Workload {
  let multitaskNetwork: MultitaskNetwork
  let bindings: [TaskBinding]
  private let configuration: Configuration
  private let openData: () throws -> DataSetup

  /// How many training samples the trivial predictors look at.
  private static let trivialSampleCount = 200

  /// - Parameter openData: opens the data when they are needed.
  private init(_ configuration: Configuration, _ bindings: [TaskBinding], openData: @escaping () throws -> DataSetup)
    throws
  {
    self.configuration = configuration
    self.bindings = bindings
    self.openData = openData
    multitaskNetwork = try MultitaskNetwork(configuration, bindings: bindings)
  }

  public var network: any AdaptableNetwork { multitaskNetwork }
  public var featureKind: Features.Kind { multitaskNetwork.featureKind }
  private var device: Device { multitaskNetwork.store.device }
  private var tasks: [VisionTask] { bindings.map(\.task) }

  public func trainingBatches(from first: Int) throws -> any TrainingBatches {
    let data = try openData()
    let loader = BatchLoader(
      data.training, tasks: tasks, transforms: data.trainingTransforms, batchSize: configuration.training.batchSize,
      seed: configuration.run.seed, firstBatch: first, threads: configuration.data.threads)
    return PixelBatches(loader: loader) { [self] parts, context in
      BatchObjective.parts(parts, of: multitaskNetwork, bindings, on: device, context, configuration.run.precision)
    }
  }

  public func forEachTokenBatch(sampleCount: Int, _ body: (any TokenSharing) throws -> Void) throws {
    let data = try openData()
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
    for _ in 0..<batchCount {
      let parts = BatchObjective.parts(
        [try loader.next()], of: multitaskNetwork, bindings, on: device, .evaluation, configuration.run.precision)
      try body(parts[0])
    }
  }

  public func evaluate() throws -> Evaluation {
    try Evaluator(openData(), configuration, device)
      .evaluate(multitaskNetwork, precision: configuration.run.precision)
  }

  public func evaluateTrivially() throws -> Evaluation {
    let data = try openData()
    let predictor = try TrivialPredictor(data, count: Self.trivialSampleCount)
    return try Evaluator(data, configuration, device).evaluate { predictor($0) }
  }

  public func performance(_ evaluation: Evaluation) -> [Double]? {
    zip(bindings, evaluation.tasks).map { $0.performance($1.metrics) }
  }

  public func keep(in folder: RunFolder) throws { try KeptTasks.write(tasks, to: folder) }

  public func requireSame(asIn folder: RunFolder) throws { try KeptTasks.requireSame(tasks, asIn: folder) }

  public func drawSamples(in folder: RunFolder) throws {
    try Gallery.write(multitaskNetwork, openData(), to: folder)
  }
}

extension PixelWorkload: ImagePredicting {
  public func predict(_ picture: Picture) -> [(task: String, reading: ImageReading)] {
    let (height, width) = (configuration.data.height, configuration.data.width)
    let image = Normalization.imageNet(PixelMap(picture).resizedBilinear(height: height, width: width))
    let images = Batch([Sample(image: image, targets: [:])], tasks: []).images.to(device)
    let outputs = withoutGradients { multitaskNetwork(images, .evaluation) }
    return zip(bindings, outputs).map { binding, output in
      // Enlarged as a picture: as numbers, large pictures with many classes would take gigabytes.
      let drawn = TaskRenderer(binding.task).picture(prediction: PixelMap(output[0]))
      return (binding.name, .picture(drawn.resizedNearest(height: picture.height, width: picture.width)))
    }
  }
}

extension PixelWorkload {
  private struct Factory: WorkloadFactory {
    func make(_ configuration: Configuration) throws -> any Workload {
      let data = try DataSetup(configuration)
      return try PixelWorkload(configuration, data.bindings) { data }
    }

    func restore(_ configuration: Configuration, from folder: RunFolder) throws -> any Workload {
      let tasks = try KeptTasks.read(from: folder, configuration)
      try configuration.check(availableTasks: tasks)
      return try PixelWorkload(configuration, configuration.bindings(to: tasks)) { try DataSetup(configuration) }
    }
  }

  /// As the registry knows it.
  public static let entry = MethodEntry<any WorkloadFactory>(
    "pixels", summary: "Tasks that say something about every pixel: segmentation, depth, normals, edges, and others.",
    paper: "Vandenhende et al., Multi-Task Learning for Dense Prediction Tasks: A Survey, TPAMI 2021"
  ) { _ in Factory() }
}

/// The batches of a loader, as a network's losses.
private final class PixelBatches: TrainingBatches {
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
