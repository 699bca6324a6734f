import MultitaskLearning
import NeuralNetworks
import Torch
import VisionData
import VisionNetworks

extension MultitaskNetwork: AdaptableNetwork {}

/// A training as network adaptations see it.
struct AdaptedTraining: AdaptableTraining {
  let network: MultitaskNetwork
  let data: DataSetup
  let configuration: Configuration
  let completedSteps: Int

  var tasks: [String] { network.tasks }
  var store: ParameterStore { network.store }
  var transformer: TransformerStack? { network.transformer }
  var totalSteps: Int { configuration.training.steps }

  func forEachBatch(sampleCount: Int, _ body: (any TokenSharing) throws -> Void) throws {
    let batchSize = min(configuration.training.batchSize, data.training.count)
    let available = BatchLoader.batchesPerEpoch(
      sampleCount: data.training.count, batchSize: batchSize, isShuffled: true)
    // Rounded up, without a sum that may be too large.
    let needed = sampleCount / batchSize + (sampleCount.isMultiple(of: batchSize) ? 0 : 1)
    let batchCount = min(available, needed)
    let loader = BatchLoader(
      data.training, tasks: data.bindings.map(\.task), transforms: data.evaluationTransforms, batchSize: batchSize,
      seed: configuration.run.seed, endBatch: batchCount, threads: configuration.data.threads)
    defer { loader.close() }
    for _ in 0..<batchCount {
      let parts = BatchObjective.parts(
        [try loader.next()], of: network, data.bindings, on: store.device, .evaluation,
        configuration.run.precision)
      try body(parts[0])
    }
  }
}
