import MultitaskLearning
import NeuralNetworks
import TestSupport
import Testing
import Torch

/// Steps of several batches, each in several parts, beside brute force.
@Suite struct IndependentBatchesTests {
  private static let methods: [(name: String, value: any GradientAggregator)] = [
    ("modo", MoDo(gamma: 0.5)), ("modo of three batches", MoDo(gamma: 0.5, batchCount: 3)),
    ("normalized modo", MoDo(gamma: 0.5, batchCount: 2, normalizes: true)),
    ("sdmgrad", SDMGrad()), ("sdmgrad with a preference", SDMGrad(preference: [0.2, 0.5, 0.3])),
  ]

  @Test(arguments: methods.map(\.name), [1, 2]) func stepsAreWhatTheirDefinitionSays(_ name: String, _ length: Int)
    throws
  {
    let aggregator = Self.methods.first { $0.name == name }!.value
    let bounds = (0...(aggregator.batchCount * length)).map {
      $0 * OracleProblem.rowCount / (aggregator.batchCount * length)
    }
    let parts = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
    for weighting in [EqualWeighting(), GradNorm(), GeometricMean()] as [any LossWeighting] {
      for kind in [OracleProblem.Kind(), OracleProblem.Kind(isSeparate: true, hasBehind: true, hasAbsent: true)] {
        let (problem, expected) = (OracleProblem(kind, dtype: .float64), OracleProblem(kind, dtype: .float64))
        let method = MultitaskMethod(weighting: weighting, aggregator: aggregator)
        let optimizer = MultitaskOptimizer(
          problem.store, method: method, optimizer: SGD(momentum: 0), groups: kind.groups)
        var brute = BruteForce(expected, method, parts: parts, learningRate: 0.1)
        for step in 0..<2 {
          _ = try optimizer.step(parts.map { problem.objective($0, step: step) }, learningRate: 0.1)
          try brute.step(step, groups: [[0, 1, 2]])
        }
        expectClose(problem.values, expected.values, tolerance: 1e-9, "\(weighting) \(kind)")
      }
    }
  }

  @Test func otherNumbersOfPartsAreRefused() {
    let problem = OracleProblem(OracleProblem.Kind(), dtype: .float64)
    let optimizer = MultitaskOptimizer(
      problem.store, method: MultitaskMethod(aggregator: SDMGrad()), optimizer: SGD())
    #expect {
      try optimizer.step([problem.objective(0..<4, step: 0), problem.objective(4..<8, step: 0)], learningRate: 0.1)
    } throws: {
      "\($0)" == "SDMGrad takes 3 independent batches in a step, of equally many parts, but there are 2 parts"
    }
  }
}
