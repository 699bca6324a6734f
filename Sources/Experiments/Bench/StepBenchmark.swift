import MultitaskLearning
import NeuralNetworks
import Support
import Torch
import VisionData
import VisionNetworks

/// A training step on random data (forward, backward, method and optimizer), and the passes that it is compared with.
public struct StepBenchmark {
  let network: MultitaskNetwork
  private let optimizer: MultitaskOptimizer
  let objective: SquaresObjective

  /// - Parameters:
  ///   - choice: the method and the tasks.
  ///   - parts: the parts of the network. A method whose schedule needs normalizations of each task takes the place of its
  ///     way of sharing.
  ///   - batchSize: the number of images in a batch.
  ///   - threads: the number of threads of libtorch's kernels.
  /// - Throws: ``ConfigurationError``, `MethodError` or `NetworkError` for parts that do not go together.
  public init(_ choice: BenchmarkMethod, _ parts: BenchmarkNetwork, batchSize: Int, threads: Int) throws {
    Runtime.threadCount = threads
    let method = choice.method
    let needsNormalizations = method.schedule.needsNormalizedConvolutions
    guard !needsNormalizations || parts.encoder.traits.has(.batchNormalization) else {
      throw ConfigurationError("\(choice.scheduleName) needs batch normalization: --encoder resnet18")
    }
    network = MultitaskNetwork(
      try parts.plan(choice.tasks, sharing: needsNormalizations ? TaskNormalizationSharing() : nil), seed: 1)
    optimizer = MultitaskOptimizer(
      network.store, method: method, optimizer: Adam(), groups: OptimizerGroups(network.optimizerGroups))
    let generator = RandomGenerator(seed: 2)
    let shape = [batchSize, BenchmarkNetwork.channels, parts.height, parts.width]
    objective = SquaresObjective(
      network: network, images: generator.normal([batchSize, 3, parts.height, parts.width]),
      targets: choice.tasks.map { _ in generator.normal(shape) }, context: .training(RandomGenerator(seed: 3)))
  }

  var method: MultitaskMethod { optimizer.method }

  /// The number of elements of all parameters of the network.
  public var parameterCount: Int { network.store.parameterCount }

  /// Performs one whole step.
  ///
  /// - Throws: What the method throws.
  @discardableResult
  public func step() throws -> StepReport { try optimizer.step([objective], learningRate: 1e-4) }

  /// The passes that a step of the benchmark's method needs at least.
  public var floor: StepFloor { StepFloor(of: method) }

  /// Performs the passes of the floor once.
  ///
  /// - Parameter report: the report of a step like the one that is measured, which tells the number of groups.
  public func passes(after report: StepReport) { floor.perform(objective, in: network.store, after: report) }
}

/// Mean squared errors against fixed targets.
struct SquaresObjective: TokenSharing, ConvolutionSharing {
  let network: MultitaskNetwork
  let images: Tensor
  let targets: [Tensor]
  let context: ForwardContext

  var tasks: [String] { network.tasks }

  var featureKind: Features.Kind { network.featureKind }
  func penalty() -> Tensor? { network.penalty() }
  var normalizedConvolutions: [NormalizedConvolution] { network.normalizedConvolutions }

  func features(for tasks: [Int]) -> Features {
    network.features(images, for: tasks, context)
  }

  func features(observing observe: (_ tokens: Tensor) -> Void) -> Features {
    network.features(images, context, observing: observe)
  }

  func losses(of tasks: [Int], from features: Features) -> [Tensor] {
    let size = (height: images.shape[2], width: images.shape[3])
    let predictions = network.predictions(of: tasks, from: features, size: size, context)
    return zip(tasks, predictions).map { ($1.output - targets[$0]).squared().mean() }
  }
}
