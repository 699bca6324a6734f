import Foundation
import NeuralNetworks
import Support
import Torch
import VisionNetworks

/// Runs a network of known weights over a batch of images and keeps what it gives: `polymath forward`.
public struct NetworkForward {
  private let network: MultitaskNetwork
  private let images: Tensor

  /// Builds a network, loads its weights, and reads images.
  ///
  /// - Parameters:
  ///   - description: the network and its tasks.
  ///   - weights: all entries of the network, by name.
  ///   - input: a file with one tensor, batch × channels × height × width, as the network takes it. The network computes in
  ///     `float64` if that is the tensor's type, and in `float32` otherwise.
  /// - Throws: what is wrong with the network or the files.
  public init(_ description: NetworkDescription, weights: URL, input: URL) throws {
    let images = try ImageTensor.read(SafetensorsFile(contentsOf: input))
    let dtype = images.dtype == .float64 ? DType.float64 : .float32
    self.images = images.to(dtype)
    let shape = images.shape
    let plan = try description.plan(height: shape[2], width: shape[3], channels: shape[1])
    guard
      !plan.takesOneSize || (shape[2], shape[3]) == (plan.request.imageHeight, plan.request.imageWidth)
    else {
      throw ConfigurationError(
        "the network takes images of one size, \(plan.request.imageHeight)×\(plan.request.imageWidth), but the input has \(shape[2])×\(shape[3])"
      )
    }
    network = MultitaskNetwork(plan, seed: 0, dtype: dtype)
    try network.store.load(SafetensorsFile(contentsOf: weights))
  }

  /// Computes a forward pass.
  ///
  /// - Parameters:
  ///   - isTraining: whether batches are normalized by their own statistics, which the running ones then follow, and
  ///     features are dropped at random.
  ///   - seed: the seed of what is dropped.
  /// - Returns: the prediction of every task, by its name; predictions from within the network and feature maps of the
  ///   encoder, by the names of public code, such as `deep_supervision.scale_3.depth` and `backbone.0`; in training also
  ///   all buffers as they are after the pass, such as `backbone.bn1.running_mean`.
  /// - Throws: ``ConfigurationError`` for a batch of one image in training where a normalization needs two.
  public func results(isTraining: Bool = false, seed: UInt64 = 0) throws -> [(name: String, tensor: Tensor)] {
    guard !isTraining || images.shape[0] > 1 || !network.plan.decoder.traits.has(.batchOfImages) else {
      throw ConfigurationError(
        "the decoder \(network.plan.decoder.name) normalizes over the batch: in training, the input needs at least two images"
      )
    }
    let context = isTraining ? ForwardContext.training(RandomGenerator(seed: seed)) : .evaluation
    let all = Array(network.tasks.indices)
    return withoutGradients {
      let features = network.features(images, for: all, context)
      let predictions = network.predictions(
        of: all, from: features, size: (images.shape[2], images.shape[3]), context)
      var results: [(name: String, tensor: Tensor)] = []
      for (task, prediction) in zip(network.tasks, predictions) {
        results.append((task, prediction.output))
        results += prediction.auxiliary.map { ($0.publicName(of: task), $0.logits) }
      }
      results += network.named(features)
      if isTraining { results += network.store.allBuffers.map { ($0.name, $0.value) } }
      return results
    }
  }
}
