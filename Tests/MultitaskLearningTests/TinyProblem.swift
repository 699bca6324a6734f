import MultitaskLearning
import NeuralNetworks
import Torch

/// A shared linear layer and a head for each task, on fixed data.
final class TinyProblem {
  let store = ParameterStore(seed: 7)
  let trunk: Linear
  let heads: [Linear]
  let both: Linear
  private let input = RandomGenerator(seed: 8).normal([16, 6])

  init() {
    trunk = Linear(store.root["trunk"], from: 6, to: 5)
    let root = store.root
    heads = ["a", "b", "c"].map { Linear(root["head", $0].reached(by: .task($0)), from: 5, to: 2) }
    both = Linear(root["both"].reached(by: .tasks(["a", "b"])), from: 5, to: 5)
    store.layOut()
  }

  /// The objective on some rows of the data.
  func objective(_ rows: Range<Int> = 0..<16, scale: Double = 1) -> Objective {
    Objective(problem: self, input: input[rows], scale: scale)
  }

  struct Objective: MultitaskObjective {
    let problem: TinyProblem
    let input: Tensor
    let scale: Double
    var tasks: [String] { ["a", "b", "c"] }

    func features(for tasks: [Int]) -> Features { .shared([problem.trunk(input, .evaluation).tanh()]) }

    func losses(of tasks: [Int], from features: Features) -> [Tensor] {
      tasks.map { task in
        let features = features.maps(of: task)[0]
        let z = task == 2 ? features : problem.both(features, .evaluation)
        let target = Double(task) - 1
        return (problem.heads[task](z, .evaluation) - target).squared().mean() * scale
      }
    }
  }
}
