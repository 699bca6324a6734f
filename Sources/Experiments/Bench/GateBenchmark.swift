import MultitaskLearning
import NeuralNetworks
import Torch
import VisionNetworks

/// The inference of a network that was pruned, beside the same before it was pruned, the network that shares everything, and
/// single-task networks.
public struct GateBenchmark {
  /// A network, or several that together do all tasks.
  public struct Subject {
    /// What the networks are called.
    public let name: String
    /// The floating-point operations of all tasks' predictions for one image.
    public let flops: Int
    private let networks: [MultitaskNetwork]
    private let images: Tensor

    fileprivate init(_ name: String, _ networks: [MultitaskNetwork], _ images: Tensor) throws {
      (self.name, self.networks, self.images) = (name, networks, images)
      flops = try networks.reduce(0) {
        try $0 + NetworkCost(of: $1, height: images.shape[2], width: images.shape[3]).flops
      }
    }

    /// Predicts all tasks for the images of a batch.
    public func predict() { withoutGradients { for network in networks { _ = network(images, .evaluation) } } }
  }

  private let parts: BenchmarkNetwork
  private let tasks: [String]
  private let images: Tensor
  /// A single-task network for each task.
  public let single: Subject
  /// The network of which the tasks share everything up to the decoders.
  public let hard: Subject

  /// - Parameters:
  ///   - parts: the encoder and the decoders.
  ///   - taskCount: the number of tasks, at least 2.
  ///   - batchSize: the number of images in a batch.
  ///   - threads: the number of threads of libtorch's kernels.
  /// - Throws: `NetworkError` for an encoder that cannot have gates.
  public init(_ parts: BenchmarkNetwork, taskCount: Int, batchSize: Int, threads: Int) throws {
    Runtime.threadCount = threads
    self.parts = parts
    tasks = (0..<taskCount).map { "task\($0)" }
    images = RandomGenerator(seed: 2).normal([batchSize, 3, parts.height, parts.width])
    hard = try Subject("hard sharing", [MultitaskNetwork(parts.plan(tasks, sharing: HardSharing()), seed: 1)], images)
    single = try Subject(
      "single-task networks", tasks.map { MultitaskNetwork(try parts.plan([$0], sharing: HardSharing()), seed: 1) },
      images)
  }

  /// Returns a network with random gates, before and after pruning.
  ///
  /// - Parameter ownFraction: the fraction of channels that each task has for itself, from 0 to 1.
  /// - Throws: `MethodError` or `NetworkError` for an encoder that cannot have gates.
  public func networks(ownFraction: Double) throws -> (gated: Subject, pruned: Subject) {
    let sharing = try GatedSharing.entry.make([:], tasks: tasks)
    let gated = MultitaskNetwork(try parts.plan(tasks, sharing: sharing), seed: 1)
    let generator = RandomGenerator(seed: 5)
    withoutGradients {
      for layer in gated.gatedLayers {
        layer.gates.value.copy(from: ownFraction - generator.uniform(layer.gates.shape))
      }
    }
    return (try Subject("gates", [gated], images), try Subject("pruned", [gated.pruned()], images))
  }
}
