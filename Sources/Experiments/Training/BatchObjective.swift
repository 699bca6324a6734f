import MultitaskLearning
import NeuralNetworks
import Torch
import VisionData
import VisionNetworks

/// A network's losses on one batch, or on a part of one.
struct BatchObjective: ConvolutionSharing, TokenSharing {
  let network: MultitaskNetwork
  let bindings: [TaskBinding]
  let batch: Batch
  let context: ForwardContext
  let precision: Precision
  /// Of each task, in this part.
  let labels: [LabelCounts]
  /// Of each task, in the whole batch.
  let balance: [LabelCounts]

  /// - Parameter batches: the parts of the batch.
  /// - Returns: an objective for each part.
  static func parts(
    _ batches: [Batch], of network: MultitaskNetwork, _ bindings: [TaskBinding], on device: Device,
    _ context: ForwardContext, _ precision: Precision
  ) -> [BatchObjective] {
    // Counted before targets go to another device, so that nothing waits for it.
    let labels = batches.map { batch in bindings.map { $0.loss.labelCounts(in: batch.labels(of: $0.name)) } }
    let balance = bindings.indices.map { task in
      labels.dropFirst().reduce(labels[0][task]) { $0 + $1[task] }
    }
    return zip(batches, labels).map { batch, labels in
      BatchObjective(
        network: network, bindings: bindings, batch: batch.to(device), context: context, precision: precision,
        labels: labels, balance: balance)
    }
  }

  var tasks: [String] { network.tasks }

  var labelCounts: [Double] { labels.map(\.known) }
  var generator: RandomGenerator? { context.generator }
  var featureKind: Features.Kind { network.featureKind }
  var normalizedConvolutions: [NormalizedConvolution] { network.normalizedConvolutions }

  func penalty() -> Tensor? { network.penalty() }

  func features(for tasks: [Int]) -> Features {
    precision.compute(on: batch.images.device) { network.features(batch.images, for: tasks, context) }
  }

  func features(observing observe: (_ tokens: Tensor) -> Void) -> Features {
    precision.compute(on: batch.images.device) { network.features(batch.images, context, observing: observe) }
  }

  func losses(of tasks: [Int], from features: Features) -> [Tensor] {
    let size = (height: batch.images.shape[2], width: batch.images.shape[3])
    let predictions = precision.compute(on: batch.images.device) {
      network.predictions(of: tasks, from: features, size: size, context)
    }
    return zip(tasks, predictions).map { task, prediction in
      func loss(_ output: Tensor) -> Tensor {
        bindings[task].loss(output, batch.labels(of: bindings[task].name), balance: balance[task])
      }
      return prediction.auxiliary.reduce(loss(prediction.output)) { $0 + loss($1.output) * $1.weight }
    }
  }
}
