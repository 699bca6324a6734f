import Experiments
import MultitaskLearning
import NeuralNetworks
import Torch
import VisionMetrics
import VisionNetworks

/// A workload: find the one box in each image. Two losses are taken over the same boxes, one for where the center is and
/// one for how long the sides are.
public final class BoxWorkload: Workload {
  let box: BoxNetwork
  private let batchSize: Int
  private let seed: UInt64

  public init(batchSize: Int = 8, seed: UInt64) {
    self.batchSize = batchSize
    self.seed = seed
    box = BoxNetwork(seed: seed)
  }

  public var network: any AdaptableNetwork { box }

  public func trainingBatches(from first: Int) -> any TrainingBatches {
    BoxBatches(network: box, next: first, size: batchSize, seed: seed)
  }

  public func evaluate() -> Evaluation {
    evaluation { batch in withoutGradients { box.boxes(in: batch.images, .evaluation) } }
  }

  /// A box in the middle, a third as large as the image.
  public func evaluateTrivially() -> Evaluation {
    evaluation { Tensor([0.5, 0.5, 0.3, 0.3] as [Float], shape: [1, 4]).expanded($0.boxes.shape) }
  }

  private func evaluation(_ predict: (BoxBatch) -> Tensor) -> Evaluation {
    let batch = BoxBatch(number: 0, size: 64, seed: seed &+ 1_000_000)
    let errors = (predict(batch) - batch.boxes).abs()
    let parts = zip(box.tasks, errors.split([2, 2], axis: 1)).map { ($0, $1.mean().item) }
    return Evaluation(
      tasks: parts.map { task, error in
        TaskEvaluation(task: task, loss: error, metrics: [MetricResult("error", error, .lowerIsBetter)])
      })
  }

  /// As the registry knows it: `workload: boxes` in a configuration.
  public static let entry = MethodEntry<any WorkloadFactory>(
    "boxes", summary: "Find the one box in each image.", paper: "an example"
  ) { _ in Factory() }

  private struct Factory: WorkloadFactory {
    func tasks(_ configuration: Configuration) -> [String] { BoxNetwork.tasks }

    func make(_ resolved: ResolvedConfiguration) -> any Workload {
      let configuration = resolved.configuration
      return BoxWorkload(batchSize: configuration.training.batchSize, seed: configuration.run.seed)
    }

    func restore(_ resolved: ResolvedConfiguration, from folder: RunFolder) -> any Workload { make(resolved) }
  }
}

/// An encoder that both losses share, and a linear layer for each.
final class BoxNetwork: AdaptableNetwork {
  static let tasks = ["center", "sides"]
  let store: ParameterStore
  private let encoder: Pyramid
  private let heads: [LinearHead]

  init(seed: UInt64) {
    store = ParameterStore(seed: seed)
    encoder = Pyramid(store.root["encoder"], imageChannels: 1)
    let (root, width) = (store.root.in(stage: .head), encoder.featureChannels.last!)
    heads = Self.tasks.map { LinearHead(root[$0].reached(by: .task($0)), inputs: width, channels: 2) }
    store.layOut()
  }

  var tasks: [String] { Self.tasks }
  var transformer: TransformerStack? { nil }

  func features(_ images: Tensor, _ context: ForwardContext) -> Features { .shared(encoder.maps(images, context)) }

  /// - Returns: batch × 2, the centers or the sides, as fractions of the image's.
  func prediction(of task: Int, from features: Features, _ context: ForwardContext) -> Tensor {
    heads[task](features.maps(of: task), size: (0, 0), context)
  }

  /// - Returns: batch × 4: center and sides.
  func boxes(in images: Tensor, _ context: ForwardContext) -> Tensor {
    let features = features(images, context)
    return .concatenated(tasks.indices.map { prediction(of: $0, from: features, context) }, axis: 1)
  }
}

/// Bright boxes on dark images, batch × 1 × 32 × 32, and where they are: batch × 4, center and sides.
struct BoxBatch {
  let images: Tensor
  let boxes: Tensor

  /// The same for the same number and seed.
  init(number: Int, size: Int, seed: UInt64) {
    let side = 32
    let generator = RandomGenerator(seed: seed &+ UInt64(number) &* 7919)
    let sides: [Float] = generator.uniform([size, 2], in: 0.2..<0.6).array()
    let places: [Float] = generator.uniform([size, 2], in: 0..<1).array()
    var (pixels, boxes) = ([Float](repeating: 0, count: size * side * side), [Float]())
    for image in 0..<size {
      let lengths = [sides[2 * image], sides[2 * image + 1]]
      let centers = (0..<2).map { lengths[$0] / 2 + places[2 * image + $0] * (1 - lengths[$0]) }
      for row in 0..<side {
        for column in 0..<side {
          let place = [(Float(column) + 0.5) / Float(side), (Float(row) + 0.5) / Float(side)]
          let isInside = (0..<2).allSatisfy { abs(place[$0] - centers[$0]) < lengths[$0] / 2 }
          if isInside { pixels[(image * side + row) * side + column] = 1 }
        }
      }
      boxes += centers + lengths
    }
    images = Tensor(pixels, shape: [size, 1, side, side])
    self.boxes = Tensor(boxes, shape: [size, 4])
  }
}

private final class BoxBatches: TrainingBatches {
  private let network: BoxNetwork
  private let size: Int
  private let seed: UInt64
  private var next: Int

  init(network: BoxNetwork, next: Int, size: Int, seed: UInt64) {
    self.network = network
    self.next = next
    self.size = size
    self.seed = seed
  }

  var waitedSeconds: Double { 0 }

  func next(partCount: Int, _ context: ForwardContext) -> [any MultitaskObjective] {
    (0..<partCount).map { _ in
      defer { next += 1 }
      return BoxObjective(
        network: network, batch: BoxBatch(number: next, size: size, seed: seed), context: context)
    }
  }

  func close() {}
}

/// The two losses on one batch.
private struct BoxObjective: MultitaskObjective {
  let network: BoxNetwork
  let batch: BoxBatch
  let context: ForwardContext

  var tasks: [String] { network.tasks }
  var labelCounts: [Double] { tasks.map { _ in Double(batch.boxes.shape[0]) } }
  var generator: RandomGenerator? { context.generator }

  func features(for tasks: [Int]) -> Features { network.features(batch.images, context) }

  func losses(of tasks: [Int], from features: Features) -> [Tensor] {
    let truths = batch.boxes.split([2, 2], axis: 1)
    return tasks.map { (network.prediction(of: $0, from: features, context) - truths[$0]).abs().mean() }
  }
}
