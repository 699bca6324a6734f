import NeuralNetworks
import Torch

/// Whole encoders, of whose feature maps each task takes a weighted sum; a gate finds the weights from the image.
final class ExpertMixture: Encoder {
  private let experts: [any Encoder]
  /// The experts that only one task has, by task.
  private let own: [String: [any Encoder]]
  private let gates: [String: any ExpertGate]
  /// The flattened images of the most recent pass in training, batch × elements; nil before the first.
  private(set) var latestInput: Tensor?

  /// Creates the mixture.
  ///
  /// - Parameters:
  ///   - experts: the experts of all tasks.
  ///   - own: the experts of single tasks, which follow those of all tasks.
  ///   - gates: the gate of each task, over both.
  init(_ experts: [any Encoder], own: [String: [any Encoder]] = [:], gates: [String: any ExpertGate]) {
    self.experts = experts
    self.own = own
    self.gates = gates
  }

  var featureChannels: [Int] { experts[0].featureChannels }
  var featureStrides: [Int] { experts[0].featureStrides }

  func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> [Streams] {
    let input = images.flattened(from: 1)
    if context.isTraining { latestInput = input }
    let common = experts.map { $0.maps(images, context) }
    let byTask = context.tasks.map { task in
      let all = common + (own[task] ?? []).map { $0.maps(images, context) }
      let weights = gates[task]!(input)
      return featureChannels.indices.map { map in expertMixture(all.map { $0[map] }, weights) }
    }
    return featureChannels.indices.map { map in Streams(apart: byTask.map { $0[map] }) }
  }
}

extension EncoderRequest {
  /// The number of elements of an image of all its channels.
  var imageElements: Int { imageChannels * imageHeight * imageWidth }
}
