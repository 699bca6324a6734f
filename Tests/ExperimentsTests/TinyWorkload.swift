import MultitaskLearning
import NeuralNetworks
import Torch
import VisionMetrics

import Experiments

/// A workload of one parameter, whose evaluations say what a test wants.
final class TinyWorkload: Workload {
  final class Network: AdaptableNetwork {
    let tasks = ["a"]
    let store = ParameterStore(seed: 1)
    let weight: Parameter
    var transformer: TransformerStack? { nil }

    init() {
      weight = store.root.parameter("weight", [4], .uniform(bound: 1))
      store.layOut()
    }
  }

  private struct Objective: MultitaskObjective {
    let weight: Tensor
    let tasks = ["a"]
    var featureKind: Features.Kind { .none }
    func features(for tasks: [Int]) -> Features { .none }
    func losses(of tasks: [Int], from features: Features) -> [Tensor] { [weight.squared().mean()] }
  }

  private final class Batches: TrainingBatches {
    let network: Network
    init(_ network: Network) { self.network = network }
    var waitedSeconds: Double { 0 }
    func next(partCount: Int, _ context: ForwardContext) -> [any MultitaskObjective] {
      [Objective(weight: network.weight.value)]
    }
    func close() {}
  }

  let tiny = Network()
  var network: any AdaptableNetwork { tiny }
  private let evaluation: TaskEvaluation

  init(loss: Double = 1, metrics: [MetricResult]) {
    evaluation = TaskEvaluation(task: "a", loss: loss, metrics: metrics)
  }

  func trainingBatches(from first: Int) -> any TrainingBatches { Batches(tiny) }
  func evaluate() -> Evaluation { Evaluation(tasks: [evaluation]) }
  func evaluateTrivially() -> Evaluation {
    Evaluation(tasks: [TaskEvaluation(task: "a", loss: 1, metrics: [MetricResult("error", 1, .lowerIsBetter)])])
  }
}
