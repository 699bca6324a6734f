import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Torch
import VisionData
import VisionNetworks

/// What workloads of one encoder and decoders have in common: a network, its tasks, and the data that it is trained on.
final class VisionTraining {
  let plan: VisionPlan
  let network: MultitaskNetwork
  private var openedData: DataSetup?

  /// How many training samples the trivial predictors look at.
  private static let trivialSampleCount = 200

  /// Builds the network, with pretrained weights if the plan names some. The data are opened when they are needed.
  init(_ plan: VisionPlan) throws {
    self.plan = plan
    network = try plan.makeNetwork()
  }

  /// As ``init(_:)``, with data that are open already, and are known to be right before the network is built.
  convenience init(_ plan: VisionPlan, _ data: DataSetup) throws {
    try self.init(plan)
    openedData = data
  }

  var bindings: [TaskBinding] { plan.bindings }
  var tasks: [VisionTask] { plan.tasks }
  private var samples: SamplePlan { plan.samples }
  private var seed: UInt64 { plan.resolved.configuration.run.seed }
  private var precision: Precision { plan.resolved.configuration.run.precision }
  private var device: Device { network.store.device }

  /// The data, which are opened once.
  ///
  /// - Throws: what is wrong with them; ``ConfigurationError`` if their tasks are not those of the network.
  func data() throws -> DataSetup {
    if let openedData { return openedData }
    let data = try DataSetup(plan, plan.resolved.dataset.open())
    openedData = data
    return data
  }

  func objectives(
    _ parts: [Batch], _ context: ForwardContext, noting auxiliary: AuxiliaryLosses = AuxiliaryLosses()
  ) -> [BatchObjective] {
    BatchObjective.parts(parts, of: network, bindings, on: device, context, precision, noting: auxiliary)
  }

  func trainingBatches(from first: Int) throws -> any TrainingBatches {
    let data = try data()
    let loader = BatchLoader(
      data.training, tasks: tasks, transforms: samples.trainingTransforms, batchSize: samples.batchSize, seed: seed,
      firstBatch: first, threads: samples.threadCount)
    return LoadedBatches(loader, from: first) { [self] parts, _, context, auxiliary in
      objectives(parts, context, noting: auxiliary)
    }
  }

  func forEachTokenBatch(sampleCount: Int, _ body: (any TokenSharing) throws -> Void) throws {
    let data = try data()
    let batchSize = min(samples.batchSize, data.training.count)
    let available = BatchLoader.batchesPerEpoch(
      sampleCount: data.training.count, batchSize: batchSize, isShuffled: true)
    // Rounded up, without a sum that may be too large.
    let needed = sampleCount / batchSize + (sampleCount.isMultiple(of: batchSize) ? 0 : 1)
    let batchCount = min(available, needed)
    let loader = BatchLoader(
      data.training, tasks: tasks, transforms: samples.evaluationTransforms, batchSize: batchSize, seed: seed,
      endBatch: batchCount, threads: samples.threadCount)
    defer { loader.close() }
    for _ in 0..<batchCount { try body(objectives([try loader.next()], .evaluation)[0]) }
  }

  func evaluate() throws -> Evaluation {
    try Evaluator(data(), device).evaluate(network, precision: precision)
  }

  func evaluateTrivially() throws -> Evaluation {
    let data = try data()
    let predictor = try TrivialPredictor(data, count: Self.trivialSampleCount)
    return try Evaluator(data, device).evaluate { predictor($0) }
  }

  /// The cost of the network as it is, for an image of a size, which defaults to that of evaluations.
  func cost(height: Int?, width: Int?) throws -> NetworkCost {
    try NetworkCost(of: network, height: height ?? samples.size.height, width: width ?? samples.size.width)
  }

  /// The cost of the network for an image of an evaluation, after pruning if it has gates.
  func finalCost() throws -> NetworkCost {
    let remaining = network.gatedLayers.isEmpty ? network : try network.pruned()
    return try NetworkCost(of: remaining, height: samples.size.height, width: samples.size.width)
  }

  /// The network's outputs for one image, without the batch.
  ///
  /// - Throws: ``ConfigurationError`` if the network takes other channels than the image has.
  func outputs(for image: InputImage) throws -> [Tensor] {
    let image = try samples.prepared(image)
    let images = Batch([Sample(image: image, targets: [:])], tasks: []).images.to(device)
    return withoutGradients { network(images, .evaluation) }.map { $0[0] }
  }
}
