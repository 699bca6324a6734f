import Foundation
import MultitaskLearning
import NeuralNetworks
import TestSupport
import Testing
import Torch

/// What holds after a step that could not be finished.
@Suite struct FailedStepTests {
  /// Losses of which one is infinite from a given evaluation on.
  private struct Failing: MultitaskObjective {
    let objective: OracleProblem.Objective
    let failing: Int
    let counter: Counter
    /// How often the losses are finite.
    let finiteCount: Int

    final class Counter { var count = 0 }

    var tasks: [String] { objective.tasks }
    func features(for tasks: [Int]) -> Features { objective.features(for: tasks) }
    func losses(of tasks: [Int], from features: Features) -> [Tensor] {
      let losses = objective.losses(of: tasks, from: features)
      guard tasks.contains(failing) else { return losses }
      counter.count += 1
      return zip(tasks, losses).map { task, loss in
        task == failing && counter.count > finiteCount ? loss * Double.infinity : loss
      }
    }
  }

  private func failing(_ problem: OracleProblem, task: Int, after count: Int) -> Failing {
    Failing(objective: problem.objective(step: 0), failing: task, counter: Failing.Counter(), finiteCount: count)
  }

  @Test(arguments: MethodRegistry.aggregators.map(\.name)) func aJointStepChangesNothing(_ aggregator: String) throws {
    let problem = OracleProblem(OracleProblem.Kind(), dtype: .float64)
    let before = problem.values
    let method = MultitaskMethod(
      weighting: UncertaintyWeighting(taskCount: 3),
      aggregator: try MethodRegistry.aggregator(aggregator).make(tasks: OracleProblem.tasks))
    let optimizer = MultitaskOptimizer(problem.store, method: method, optimizer: SGD())
    let parts = (0..<method.batchCount).map { _ in failing(problem, task: 1, after: 0) }
    #expect { try optimizer.step(parts, learningRate: 0.1) } throws: {
      ($0 as? NonFiniteError)?.task == "b"
    }
    #expect(problem.values == before)
    #expect(try optimizer.method.encodedState() == method.encodedState())
  }

  /// The updates before the failing one stay, the method is as it was.
  @Test func updatesBeforeTheFailingOneStay() throws {
    let (problem, expected) = (
      OracleProblem(OracleProblem.Kind(), dtype: .float64), OracleProblem(OracleProblem.Kind(), dtype: .float64)
    )
    let method = MultitaskMethod(
      weighting: UncertaintyWeighting(taskCount: 3),
      schedule: SelectiveGroups(taskCount: 3, strategy: .fixed([[0, 2], [1]]), order: .forward))
    let optimizer = MultitaskOptimizer(problem.store, method: method, optimizer: SGD(momentum: 0))
    // The first group's pass evaluates all tasks, the second one's fails.
    #expect(throws: NonFiniteError.self) {
      try optimizer.step([failing(problem, task: 1, after: 1)], learningRate: 0.1)
    }
    var brute = BruteForce(
      expected, MultitaskMethod(), parts: [0..<OracleProblem.rowCount], learningRate: 0.1)
    try brute.step(0, groups: [[0, 2]])
    expectClose(problem.values, expected.values, tolerance: 1e-12)
    #expect(try optimizer.method.encodedState() == method.encodedState())
  }

  /// A loss that is infinite after the update is found by the next step, before it changes anything.
  @Test func whatFailsAfterTheUpdateEndsTheNextStep() throws {
    let problem = OracleProblem(OracleProblem.Kind(), dtype: .float64)
    let method = MultitaskMethod(weighting: FAMO(minimumLosses: [0, 0, 0]))
    let optimizer = MultitaskOptimizer(problem.store, method: method, optimizer: SGD())
    let objective = failing(problem, task: 0, after: 1)
    _ = try optimizer.step([objective], learningRate: 0.1)
    let after = problem.values
    #expect(throws: NonFiniteError.self) { try optimizer.step([objective], learningRate: 0.1) }
    #expect(problem.values == after)
  }
}
