import MultitaskLearning
import NeuralNetworks
import Torch

final class Network {
  let store = ParameterStore(seed: 1)
  let trunk: Linear
  let depth: Linear
  let normals: Linear

  init() {
    trunk = Linear(store.root["trunk"], from: 16, to: 32)
    depth = Linear(store.root["depth"].reached(by: .task("depth")), from: 32, to: 1)
    normals = Linear(store.root["normals"].reached(by: .task("normals")), from: 32, to: 3)
    store.layOut()
  }
}

struct Objective: MultitaskObjective {
  let network: Network
  let input: Tensor
  let targets: [Tensor]

  var tasks: [String] { ["depth", "normals"] }

  func features(for tasks: [Int]) -> Features { .shared([network.trunk(input, .evaluation).relu()]) }

  func losses(of tasks: [Int], from features: Features) -> [Tensor] {
    tasks.map { task in
      let head = task == 0 ? network.depth : network.normals
      return (head(features.maps(of: task)[0], .evaluation) - targets[task]).squared().mean()
    }
  }
}

func train(_ network: Network, on batches: [(input: Tensor, targets: [Tensor])]) throws -> [StepReport] {
  let optimizer = MultitaskOptimizer(
    network.store, method: MultitaskMethod(aggregator: PCGrad()), optimizer: Adam())
  return try batches.map { batch in
    let objective = Objective(network: network, input: batch.input, targets: batch.targets)
    return try optimizer.step([objective], learningRate: 1e-3)
  }
}
