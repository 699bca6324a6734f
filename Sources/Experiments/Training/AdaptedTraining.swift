import MultitaskLearning
import NeuralNetworks
import Torch
import VisionNetworks

extension MultitaskNetwork: AdaptableNetwork {}

/// A training as network adaptations see it.
struct AdaptedTraining: AdaptableTraining {
  let workload: any Workload
  let completedSteps: Int
  let totalSteps: Int

  var tasks: [String] { workload.network.tasks }
  var store: ParameterStore { workload.network.store }
  var transformer: TransformerStack? { workload.network.transformer }

  func forEachBatch(sampleCount: Int, _ body: (any TokenSharing) throws -> Void) throws {
    try workload.forEachTokenBatch(sampleCount: sampleCount, body)
  }
}
