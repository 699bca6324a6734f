import MultitaskLearning
import NeuralNetworks
import Torch
import VisionData
import VisionNetworks

/// A network's losses on one batch.
struct BatchObjective: SharesConvolutions, SharesTokens {
  let network: MultitaskNetwork
  let bindings: [TaskBinding]
  let batch: Batch
  let context: ForwardContext
  let precision: Precision

  var tasks: [String] { network.tasks }

  var featuresDependOnTask: Bool { network.featuresDependOnTask }
  var normalizedConvolutions: [NormalizedConvolution] { network.encoder.normalizedConvolutions }

  func features(for tasks: [Int]) -> [Tensor] {
    precision.compute(on: batch.images.device) { network.features(batch.images, tasks: tasks, context) }
  }

  func features(observing observe: (_ tokens: Tensor) -> Void) -> [Tensor] {
    precision.compute(on: batch.images.device) { network.features(batch.images, context, observing: observe) }
  }

  func losses(of tasks: [Int], from features: [Tensor]) -> [Tensor] {
    let size = (height: batch.images.shape[2], width: batch.images.shape[3])
    let predictions = precision.compute(on: batch.images.device) {
      network.predictions(of: tasks, from: features, size: size, context)
    }
    return zip(tasks, predictions).map { task, prediction in
      bindings[task].loss(prediction, batch.targets[bindings[task].name]!)
    }
  }
}
