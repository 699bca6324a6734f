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
  /// The number of this part of the batch.
  let part: Int
  /// What notes the losses of predictions from within the network.
  let auxiliary: AuxiliaryLosses

  /// - Parameter batches: the parts of the batch.
  /// - Returns: an objective for each part.
  static func parts(
    _ batches: [Batch], of network: MultitaskNetwork, _ bindings: [TaskBinding], on device: Device,
    _ context: ForwardContext, _ precision: Precision, noting auxiliary: AuxiliaryLosses
  ) -> [BatchObjective] {
    // Counted before targets go to another device, so that nothing waits for it.
    let labels = batches.map { batch in bindings.map { $0.loss.labelCounts(in: batch.labels(of: $0.name)) } }
    let balance = bindings.indices.map { task in
      labels.dropFirst().reduce(labels[0][task]) { $0 + $1[task] }
    }
    return zip(batches, labels).enumerated().map { part, batch in
      BatchObjective(
        network: network, bindings: bindings, batch: batch.0.to(device), context: context, precision: precision,
        labels: batch.1, balance: balance, part: part, auxiliary: auxiliary)
    }
  }

  var tasks: [String] { network.tasks }

  var labelCounts: [Double] { labels.map(\.known) }
  var generator: RandomGenerator? { context.generator }
  var featureKind: Features.Kind { network.featureKind }
  var normalizedConvolutions: [NormalizedConvolution] { network.normalizedConvolutions }

  func penalty() -> Tensor? { network.penalty() }

  func observe(featureGradients gradients: [[Tensor]], of tasks: [Int]) {
    network.observe(featureGradients: gradients, of: tasks, isFirst: part == 0)
  }

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
      prediction.auxiliary.reduce(loss(of: task, prediction.output)) { sum, inner in
        let loss = loss(of: task, inner.output)
        auxiliary.add(
          loss, of: inner.name, task: bindings[task].name, part: part,
          fraction: labels[task].known / max(1, balance[task].known))
        return sum + loss * inner.weight
      }
    }
  }

  private func loss(of task: Int, _ output: Tensor) -> Tensor {
    bindings[task].loss(output, batch.labels(of: bindings[task].name), balance: balance[task])
  }
}
