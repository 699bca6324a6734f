import MultitaskLearning
import NeuralNetworks
import TestSupport
import Testing
import Torch

/// A number that is added to the losses' sum and belongs to no task.
@Suite struct PenaltyTests {
  private struct Penalized: MultitaskObjective {
    let objective: TinyProblem.Objective
    let scale: Double
    var tasks: [String] { objective.tasks }
    func features(for tasks: [Int]) -> Features { objective.features(for: tasks) }
    func losses(of tasks: [Int], from features: Features) -> [Tensor] { objective.losses(of: tasks, from: features) }
    func penalty() -> Tensor? {
      (objective.problem.trunk.weight.value.squared().sum() + objective.problem.heads[0].weight.value.sum()) * scale
    }
  }

  /// A schedule that updates the tasks one after another in each step.
  private struct OneAfterAnother: UpdateSchedule {
    mutating func step(_ update: MultitaskUpdate) throws -> StepReport {
      var report = update.emptyReport
      for task in update.presentTasks {
        let others = update.presentTasks.filter { $0 != task }
        report = try update.differentiate([task], evaluating: others)
        try update.apply([task])
      }
      return report
    }
  }

  private func trained(_ method: MultitaskMethod, parts: [Range<Int>] = [0..<16], scale: Double?) throws -> (
    TinyProblem, StepReport
  ) {
    let problem = TinyProblem()
    let optimizer = MultitaskOptimizer(problem.store, method: method, optimizer: SGD(momentum: 0))
    let objectives: [any MultitaskObjective] = parts.map { rows in
      let plain = problem.objective(rows)
      return scale.map { Penalized(objective: plain, scale: $0) } ?? plain
    }
    return (problem, try optimizer.step(objectives, learningRate: 1e-3))
  }

  private func entry(_ problem: TinyProblem, _ name: String) -> [Double] {
    problem.store.entry(name)!.array(of: Double.self)
  }

  /// With a small rate, later updates see almost the same losses: what differs is the penalty's gradient, counted once.
  @Test func itsGradientIsAddedOnce() throws {
    let methods = [
      MultitaskMethod(), MultitaskMethod(aggregator: PCGrad()), MultitaskMethod(aggregator: MGDA(), level: .features),
      MultitaskMethod(aggregator: CosReg()), MultitaskMethod(schedule: OneAfterAnother()),
    ]
    for method in methods {
      for parts in [[0..<16], [0..<8, 8..<16]] {
        let (plain, silent) = try trained(method, parts: parts, scale: nil)
        let (penalized, report) = try trained(method, parts: parts, scale: 0.5)
        let start = TinyProblem()
        let weights = entry(start, "trunk.weight")
        let expected = zip(entry(plain, "trunk.weight"), weights).map { $0 - 1e-3 * $1 }
        expectClose(entry(penalized, "trunk.weight"), expected, tolerance: 2e-6)
        let head = entry(plain, "head.a.weight").map { $0 - 0.5e-3 }
        expectClose(entry(penalized, "head.a.weight"), head, tolerance: 2e-6)
        expectClose(entry(penalized, "head.b.weight"), entry(plain, "head.b.weight"), tolerance: 2e-6)
        let value = 0.5 * (weights.reduce(0) { $0 + $1 * $1 } + entry(start, "head.a.weight").reduce(0, +))
        #expect(silent.penalty == nil)
        #expect(abs(report.penalty! - value) < 1e-5)
      }
    }
  }

  @Test func aPenaltyThatIsNotFiniteIsNamed() {
    #expect {
      try trained(MultitaskMethod(), scale: .infinity)
    } throws: { "\($0)".contains("the penalty is not finite") }
  }
}
