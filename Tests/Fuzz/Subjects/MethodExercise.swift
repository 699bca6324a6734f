import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Torch

/// Methods at work, as a training has them: each gives its state afterwards.
enum MethodExercise {
  private static let taskCount = MethodVariant.tasks.count

  /// - Throws: ``Violation`` for what is not finite.
  static func run(_ weighting: inout any LossWeighting) throws {
    var generator = SeededGenerator(seed: 1)
    let batches: [[Double?]] = [[1, 0.5, 2], [0.9, nil, 2.5], [0, 1e-6, 1e4]]
    for losses in batches {
      try requireFinite(weighting.weights(for: losses, using: &generator), "weights")
      weighting.update(losses: losses, gradientNorms: losses.map { $0.map { 2 * $0 } })
      weighting.update(losses: losses)
      weighting.update(before: losses, after: losses.map { $0.map { 0.9 * $0 } })
    }
    weighting.observe(performance: [0, 0.5, 1])
    try requireFinite(weighting.weights(for: batches[0], using: &generator), "weights")
  }

  static func run(_ aggregator: inout any GradientAggregator) throws {
    var generator = SeededGenerator(seed: 1)
    for seed in 0..<2 {
      let rows = RandomGenerator(seed: UInt64(seed)).normal([taskCount, 8])
      let gradients = DenseTaskGradients(
        rows: rows,
        segments: [("a.weight", 0..<5), ("b.weight", 5..<8)].map { GradientSegment(name: $0.0, columns: $0.1) })
      let direction = try aggregator.direction(of: gradients, losses: [1, 2, 0.5], using: &generator)
      try requireFinite(direction.array(), "the direction")
    }
  }

  static func run(_ schedule: any UpdateSchedule) throws -> any UpdateSchedule {
    let problem = MethodProblem.shared
    let optimizer = MultitaskOptimizer(
      problem.store, method: MultitaskMethod(schedule: schedule), optimizer: SGD(momentum: 0))
    for _ in 0..<3 {
      // Parameters stay as they are: what one state does is no other's matter.
      let report = try optimizer.step([problem.objective], learningRate: 0)
      try requireFinite(report.losses.compactMap { $0 } + report.lossWeights, "losses and weights")
    }
    return optimizer.method.schedule
  }

  static func run(_ adaptation: any NetworkAdaptation) throws {
    let network = MethodNetwork()
    try adaptation.rebuild(network)
    guard let transformer = network.transformer else { return }
    let tokens = withoutGradients {
      transformer(Streams(RandomGenerator(seed: 1).normal([1, 3, 4])), .evaluation.for(tasks: network.tasks))
        .stacked(count: network.tasks.count)
    }
    try requireFinite(tokens.array(), "tokens")
  }

  private static func requireFinite(_ values: [Double], _ what: String) throws {
    guard values.allSatisfy(\.isFinite) else {
      throw Violation("\(what) of a state that was accepted are \(values.prefix(9))")
    }
  }
}

/// A convolution that tasks share and normalize apart, with a head each.
final class MethodProblem: @unchecked Sendable {
  static let shared = MethodProblem()

  let store = ParameterStore(seed: 5)
  private let convolution: Convolution
  private let norm: TaskNormalization
  private let heads: [Linear]
  private let input = RandomGenerator(seed: 6).normal([2, 1, 3, 3])

  private init() {
    convolution = Convolution(store.root["conv"], from: 1, to: 2, kernel: 3)
    norm = TaskNormalization(store.root["bn"], channels: 2, tasks: MethodVariant.tasks)
    let root = store.root
    heads = MethodVariant.tasks.map { Linear(root["head", $0].reached(by: .task($0)), from: 2, to: 1) }
    store.layOut()
  }

  var objective: Objective { Objective(problem: self) }

  struct Objective: ConvolutionSharing {
    let problem: MethodProblem

    var tasks: [String] { MethodVariant.tasks }
    var featureKind: Features.Kind { .byTask }
    var normalizedConvolutions: [NormalizedConvolution] { [NormalizedConvolution(problem.convolution, problem.norm)] }

    func features(for tasks: [Int]) -> Features {
      .byTask(
        Dictionary(
          uniqueKeysWithValues: tasks.map { task in
            let x = problem.convolution(problem.input, .evaluation)
            return (task, [problem.norm.byTask[self.tasks[task]]!(x, .evaluation).relu().mean(axes: [2, 3])])
          }))
    }

    func losses(of tasks: [Int], from features: Features) -> [Tensor] {
      tasks.map { (problem.heads[$0](features.maps(of: $0)[0], .evaluation) - Double($0)).squared().mean() }
    }
  }
}

/// A transformer that can grow.
private struct MethodNetwork: AdaptableNetwork {
  let tasks = MethodVariant.tasks
  let store = ParameterStore(seed: 1)
  let transformer: TransformerStack?

  init() {
    transformer = TransformerStack(store.root["blocks"], width: 4, depth: 2, heads: 1)
    store.layOut()
  }
}
