import MultitaskLearning
import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch

/// Weightings that learn on a second batch, with everything that a step may meet: the weights beside their definition, and
/// the step beside one with these weights on the batches that it is made of.
@Suite struct BilevelOracleTests {
  private typealias Kind = OracleProblem.Kind
  private static let learningRate = 0.1
  private static let metaLearningRate = 0.02
  private static let taskCount = OracleProblem.tasks.count

  private func optimizer(_ problem: OracleProblem, _ method: MultitaskMethod) throws -> MultitaskOptimizer {
    try method.checkComposition()
    return MultitaskOptimizer(
      problem.store, method: method, optimizer: SGD(momentum: 0), groups: problem.kind.groups)
  }

  private func method(_ combination: StepOracleTests.Combination, _ weighting: any LossWeighting) -> MultitaskMethod {
    var method = combination.method
    method.weighting = weighting
    return method
  }

  // MARK: Auto-λ

  /// The losses of the second batch after a step of the weighted sum on the first, which the weights are to lower.
  private func lossesAfterward(_ problem: OracleProblem, _ weights: [Double], step: Int) throws -> Double {
    // A network of its own, as optimizers keep their states with the parameters.
    let copy = OracleProblem(problem.kind, dtype: .float64)
    withoutGradients {
      for (vector, original) in zip(copy.store.vectors, problem.store.vectors) {
        vector.values.copy(from: original.values)
        vector.companion("sgd.momentum").copy(from: original.companion("sgd.momentum"))
      }
    }
    let half = OracleProblem.rowCount / 2
    _ = try optimizer(copy, MultitaskMethod(weighting: ManualWeighting(weights: weights)))
      .step([copy.objective(0..<half, step: step)], learningRate: Self.learningRate)
    let objective = copy.objective(half..<2 * half, step: step)
    return objective.losses(of: Array(0..<Self.taskCount)).reduce(0) { $0 + $1.detached().item }
  }

  private func slopes(_ problem: OracleProblem, _ weights: [Double], step: Int) throws -> [Double] {
    try weights.indices.map { task in
      let ends = try [1e-4, -1e-4].map { difference in
        var moved = weights
        moved[task] += difference
        return try lossesAfterward(problem, moved, step: step)
      }
      return (ends[0] - ends[1]) / 2e-4
    }
  }

  /// - Returns: what differs; nil if nothing does.
  private func difference(_ combination: StepOracleTests.Combination) throws -> String? {
    let kind = combination.kind
    let (problem, expected) = (OracleProblem(kind, dtype: .float64), OracleProblem(kind, dtype: .float64))
    let learning = try optimizer(
      problem, method(combination, AutoLambda(learningRate: Self.metaLearningRate, derivative: .exact)))
    let given = try optimizer(
      expected, method(combination, ManualWeighting(weights: [Double](repeating: 0.1, count: Self.taskCount))))
    var (weights, adam) = ([0.1, 0.1, 0.1], ScalarOptimizer(.adam, learningRate: Self.metaLearningRate))
    let ranges = combination.parts
    for step in 0..<2 {
      if !kind.hasAbsent { adam.update(&weights, gradient: try slopes(problem, weights, step: step)) }
      _ = try learning.step(
        ranges.map { problem.objective($0, step: step) }, learningRate: Self.learningRate)
      let state = (learning.method.weighting as! AutoLambda).state.values
      guard kind.hasAbsent || state.count == Self.taskCount else { return "nothing was learned in step \(step)" }
      let learned = state.isEmpty ? weights : state
      guard learned.count == weights.count, zip(learned, weights).allSatisfy({ abs($0 - $1) < 1e-6 }) else {
        return "the weights of step \(step) are \(learned), not \(weights)"
      }
      given.method.weighting = ManualWeighting(weights: learned)
      _ = try given.step(
        ranges.prefix(ranges.count / 2).map { expected.objective($0, step: step) }, learningRate: Self.learningRate)
      let (found, wanted) = (problem.values, expected.values)
      guard found.map(\.count) == wanted.map(\.count),
        zip(found.joined(), wanted.joined()).allSatisfy({ abs($0 - $1) < 1e-9 })
      else { return "the parameters after step \(step) differ" }
    }
    return nil
  }

  @Test(arguments: StepOracleTests.aggregators.filter { $0.value.batchCount == 1 }.map(\.name))
  func autoLambdaMakesTheStepOfItsWeights(_ name: String) throws {
    let aggregator = StepOracleTests.aggregators.first { $0.name == name }!
    // One aggregator of each kind of need meets everything, the others the schedule of all tasks.
    let meetsAll = ["sum", "pcgrad", "mgda", "gradvac-layer"].contains(name)
    let combinations = StepOracleTests.combinations(with: aggregator).filter {
      $0.weighting.name == "equal" && $0.partCount == 2 && (meetsAll || $0.schedule.name == "joint")
    }
    let partCounts = meetsAll ? [2, 4] : [4]
    var (checked, refused) = (0, 0)
    for whole in combinations {
      for partCount in partCounts {
        var combination = whole
        combination.partCount = partCount
        guard combination.refusal == nil else {
          let problem = OracleProblem(combination.kind, dtype: .float64)
          #expect(throws: MethodError.self, "\(combination)") {
            try optimizer(problem, method(combination, AutoLambda()))
              .step(OracleProblem.parts(partCount).map { problem.objective($0, step: 0) }, learningRate: 0.1)
          }
          refused += 1
          continue
        }
        if let text = try difference(combination) { Issue.record("\(combination): \(text)") }
        checked += 1
      }
    }
    #expect(
      checked >= 18 && checked + refused == partCounts.count * combinations.count,
      "\(checked) checked, \(refused) refused")
  }

  // MARK: FORUM

  /// The losses of both batches together, each with a factor.
  private struct Both: MultitaskObjective {
    let problem: OracleProblem
    let step: Int
    let factors: [[Double]]

    private var whole: OracleProblem.Objective { problem.objective(step: step) }
    var tasks: [String] { OracleProblem.tasks }
    var featureKind: Features.Kind { whole.featureKind }
    func features(for tasks: [Int]) -> Features { whole.features(for: tasks) }

    func losses(of tasks: [Int], from features: Features) -> [Tensor] {
      let half = OracleProblem.rowCount / 2
      return tasks.map { task in
        let maps = features.maps(of: task)[0]
        return [0..<half, half..<2 * half].enumerated().reduce(Tensor.zeros([], dtype: .float64)) { sum, batch in
          let part = Features.byTask(
            Dictionary(uniqueKeysWithValues: self.tasks.indices.map { ($0, [maps[batch.element]]) }))
          let loss = problem.objective(batch.element, step: step).losses(of: [task], from: part)[0]
          return sum + loss * factors[batch.offset][task]
        }
      }
    }
  }

  /// The gradient of a loss with respect to all parameters that are trained.
  private func gradient(_ problem: OracleProblem, _ rows: Range<Int>, _ weights: [Double], step: Int) -> [Double] {
    let brute = BruteForce(problem, MultitaskMethod(), parts: [rows], learningRate: 0.1)
    let losses = problem.objective(rows, step: step).losses(of: Array(weights.indices))
    let sum = zip(losses, weights).dropFirst().reduce(losses[0] * weights[0]) { $0 + $1.0 * $1.1 }
    return problem.store.vectors.flatMap { brute.flatGradient(of: [sum], seeds: nil, $0).array(of: Double.self) }
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  private func losses(_ problem: OracleProblem, _ rows: Range<Int>) -> [Double] {
    problem.objective(rows, step: 0).losses(of: Array(0..<Self.taskCount)).map { $0.detached().item }
  }

  /// What the losses of both batches count for, by the definition, and how good a mixture of the second's losses is.
  private func definition(
    _ problem: OracleProblem, _ method: FORUM
  ) throws -> (factors: (_ mixture: [Double]) -> [[Double]], value: (_ mixture: [Double]) -> Double) {
    let half = OracleProblem.rowCount / 2
    let (first, second) = (0..<half, half..<2 * half)
    let even = [Double](repeating: 1 / Double(Self.taskCount), count: Self.taskCount)
    let descent = gradient(problem, first, even, step: 0)
    let rows = even.indices.map { task in gradient(problem, second, even.indices.map { $0 == task ? 1 : 0 }, step: 0) }
    let before = losses(problem, first)
    let copy = OracleProblem(problem.kind, dtype: .float64)
    for _ in 0..<method.innerSteps {
      // A group's own rule has no part in the inner steps.
      let step = gradient(copy, first, even, step: 0)
      var start = 0
      withoutGradients {
        for vector in copy.store.vectors {
          let count = vector.count
          vector.values.add(
            inPlace: Tensor(Array(step[start..<start + count]), shape: [count]), scale: -method.innerLearningRate)
          start += count
        }
      }
    }
    let gain = zip(before, losses(copy, first)).map { $0 - $1 }
    let mean = dot(even, gain)
    let slopes = zip(even, gain).map { $0 * ($1 - mean) }
    let square = dot(descent, descent) + dot(slopes, slopes) + 1e-8
    let norms = rows.map { dot($0, $0).squareRoot() }
    let pi = zip(rows, norms).map { method.rho - dot($0, descent) / $1 / square }
    func factors(_ mixture: [Double]) -> [[Double]] {
      let multiplier = max(0, dot(pi, mixture))
      return [even.map { multiplier * $0 }, zip(mixture, norms).map { $0 / $1 }]
    }
    func value(_ mixture: [Double]) -> Double {
      let combined = descent.indices.map { index in
        zip(mixture.indices, mixture).reduce(0) { $0 + $1.1 * rows[$1.0][index] / norms[$1.0] }
      }
      let pull = max(0, dot(pi, mixture))
      return (dot(combined, combined) - pull * pull * square) / 2
    }
    return (factors, value)
  }

  /// At features, the parts of a batch have directions of their own, which one objective of both batches does not have.
  @Test(
    arguments: ["sum", "pcgrad", "mgda", "cagrad", "upgrad"].map { ($0, GradientLevel.parameters) } + [
      ("sum", .features)
    ])
  func forumMakesTheStepOfItsWeights(_ name: String, _ level: GradientLevel) throws {
    let aggregator = StepOracleTests.aggregators.first { $0.name == name }!
    let booleans = [false, true]
    let kinds = booleans.flatMap { behind in booleans.map { Kind(hasBehind: behind, isFrozen: $0) } }
    for kind in kinds + [Kind(hasBehind: true, isFrozen: true, hasGroups: true)] {
      for partCount in [2, 4] {
        let what = "\(name) at \(level), \(kind), \(partCount) parts"
        let (problem, expected) = (OracleProblem(kind, dtype: .float64), OracleProblem(kind, dtype: .float64))
        let forum = FORUM(innerSteps: 3)
        let (factors, value) = try definition(problem, forum)
        let method = MultitaskMethod(weighting: forum, aggregator: aggregator.value, level: level, seed: 5)
        let learning = try optimizer(problem, method)
        _ = try learning.step(OracleProblem.parts(partCount).map { problem.objective($0, step: 0) }, learningRate: 0.1)
        let mixture = (learning.method.weighting as! FORUM).state.mixture
        #expect(mixture.count == Self.taskCount && abs(mixture.reduce(0, +) - 1) < 1e-9, "\(what)")
        // No point of the simplex is better.
        let best = value(mixture)
        for i in 0...20 {
          for j in 0...(20 - i) {
            let point = [Double(i), Double(j), Double(20 - i - j)].map { $0 / 20 }
            #expect(best <= value(point) + 1e-9 * max(1, abs(best)), "\(what): \(point) is better than \(mixture)")
          }
        }
        let plain = MultitaskMethod(aggregator: aggregator.value, level: level, seed: 5)
        _ = try optimizer(expected, plain)
          .step([Both(problem: expected, step: 0, factors: factors(mixture))], learningRate: 0.1)
        expectClose(problem.values, expected.values, tolerance: 1e-8, what)
      }
    }
  }
}
