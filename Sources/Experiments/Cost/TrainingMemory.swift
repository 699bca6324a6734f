import NeuralNetworks
import Support
import Torch
import VisionNetworks

/// The memory that a training needs at least, by estimate: what lies in it at the end of a forward pass.
struct TrainingMemory {
  /// The parameters, their gradient, and what the optimizer remembers of each.
  let parameterBytes: Int
  /// The features that a batch's backward pass needs.
  let featureBytes: Int

  var bytes: Int { parameterBytes + featureBytes }

  /// - Parameters:
  ///   - plan: a network that fits the images of its request.
  ///   - copies: the numbers that a training keeps for each parameter.
  init(_ plan: NetworkPlan, batchSize: Int, copies: Int) {
    let network = MultitaskNetwork(plan, seed: 0, device: .meta)
    let image = Tensor.empty(
      [1, plan.request.imageChannels, plan.request.imageHeight, plan.request.imageWidth], device: .meta)
    let cost = ForwardCost(of: network.store, images: image) { _ = network($0, .evaluation) }
    parameterBytes = network.store.parameterCount * DType.float32.byteCount * copies
    featureBytes = cost.trainingActivationBytes * batchSize
  }

  /// Checks whether the training fits into a machine's memory.
  ///
  /// - Throws: ``ConfigurationError`` that says how much is needed, and what there is.
  func check(in available: Int = MachineMemory.byteCount) throws {
    guard bytes > available else { return }
    throw ConfigurationError(
      "training this network takes about \(CostTable.bytes(bytes)) or more (\(CostTable.bytes(parameterBytes)) for parameters, their gradient and the optimizer, \(CostTable.bytes(featureBytes)) for the features of a batch), but the machine has \(CostTable.bytes(available)): take smaller images or batches (data.height, data.width, data.cropHeight, training.batchSize), or a smaller network; `polymath cost` counts it"
    )
  }
}
