import MultitaskLearning
import NeuralNetworks
import Torch
import VisionData
import VisionNetworks

/// A training step on random data, to be timed: forward, backward, method, optimizer.
public struct StepBenchmark {
  private let network: MultitaskNetwork
  private let optimizer: MultitaskOptimizer
  private let objective: SquaresObjective

  /// - Parameter method: names joined by `+`, as `polymath train --method` takes them.
  /// - Throws: ``MethodError`` or ``ConfigurationError`` for a name that does not exist.
  public init(
    method: String, level: String = "parameters", encoder name: String, taskCount: Int, size: Int, batchSize: Int,
    threads: Int
  ) throws {
    guard let encoder = EncoderRegistry.entry(name) else {
      throw ConfigurationError(unknownName("encoder", name, among: EncoderRegistry.entries.map(\.name)))
    }
    guard size % encoder.sizeMultiple == 0 else {
      throw ConfigurationError(
        "pictures of \(size)×\(size) do not fit \(encoder.name): the side has to be a multiple of \(encoder.sizeMultiple)"
      )
    }
    Runtime.threadCount = threads
    var configuration = Configuration()
    configuration.data.tasks = (0..<taskCount).map { "task\($0)" }
    try configuration.apply(method: method)
    try configuration.apply(assignment: "method.level=\(level)")
    network = MultitaskNetwork(
      encoder: encoder, decoder: .multiScale,
      outputs: configuration.data.tasks.map { MultitaskNetwork.Output(task: $0, channels: Self.channels) },
      imageHeight: size, imageWidth: size, seed: 1)
    optimizer = MultitaskOptimizer(network.store, method: try configuration.makeMethod(), optimizer: Adam())
    let generator = RandomGenerator(seed: 2)
    objective = SquaresObjective(
      network: network, images: generator.normal([batchSize, 3, size, size]),
      targets: (0..<taskCount).map { _ in generator.normal([batchSize, Self.channels, size, size]) },
      context: .training(RandomGenerator(seed: 3)))
  }

  private static let channels = 4

  public var parameterCount: Int { network.store.parameterCount }

  /// One whole step.
  public func step() throws { _ = try optimizer.step([objective], learningRate: 1e-4) }

  /// The floor of every method that needs each task's gradient: one forward pass and a backward pass for each task,
  /// the gradients thrown away.
  public func floor() {
    let tasks = Array(network.outputs.indices)
    let losses = objective.losses(of: tasks)
    let shared = network.store.vectors.flatMap { $0.parameters.map(\.value) }
    for (index, loss) in losses.enumerated() {
      _ = gradients(of: [loss], withRespectTo: shared, graph: index == losses.count - 1 ? .release : .retain)
    }
  }
}

/// Mean squared errors against fixed targets.
private struct SquaresObjective: MultitaskObjective {
  let network: MultitaskNetwork
  let images: Tensor
  let targets: [Tensor]
  let context: ForwardContext

  var tasks: [String] { network.tasks }

  func features(for tasks: [Int]) -> [Tensor] { network.features(images, tasks: tasks, context) }

  func losses(of tasks: [Int], from features: [Tensor]) -> [Tensor] {
    let size = (height: images.shape[2], width: images.shape[3])
    let predictions = network.predictions(of: tasks, from: features, size: size, context)
    return zip(tasks, predictions).map { ($1 - targets[$0]).squared().mean() }
  }
}
