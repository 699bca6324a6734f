import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch

/// Gradients with respect to features, and looks at gradients.
@Suite struct LevelTests {
  private func values(_ store: ParameterStore) -> [[Float]] { store.vectors.map { $0.values.array() } }

  @discardableResult
  private func step(
    _ problem: TinyProblem, _ aggregator: any GradientAggregator, level: GradientLevel = .parameters,
    weighting: any LossWeighting = EqualWeighting(), observing: GradientLevel? = nil,
    objectives: [any MultitaskObjective]? = nil
  ) throws -> StepReport {
    let optimizer = MultitaskOptimizer(
      problem.store, method: MultitaskMethod(weighting: weighting, aggregator: aggregator, level: level),
      optimizer: SGD(momentum: 0))
    return try optimizer.step(objectives ?? [problem.objective()], learningRate: 0.1, observing: observing)
  }

  /// The gradients with respect to the features, flattened, by hand.
  private func featureRows(_ problem: TinyProblem) -> [[Double]] {
    let z = problem.objective().features(for: [0, 1, 2]).maps(of: 0)[0].detached()
    z.requiresGradient = true
    return problem.objective().losses(of: [0, 1, 2], from: .shared([z])).map { loss in
      gradients(of: [loss], withRespectTo: [z], graph: .retain)[0]!.flattened().array(of: Float.self).map { Double($0) }
    }
  }

  private struct HalfObjective: MultitaskObjective {
    let problem: TinyProblem
    var tasks: [String] { ["a", "b", "c"] }
    func features(for tasks: [Int]) -> Features {
      .shared(problem.objective().features(for: tasks).maps(of: 0).map { $0.to(.bfloat16) })
    }
    func losses(of tasks: [Int], from features: Features) -> [Tensor] {
      problem.objective().losses(of: tasks, from: .shared(features.maps(of: 0).map { $0.to(.float32) }))
    }
  }

  /// Of features in half precision, only the gradients themselves are rounded.
  @Test(arguments: [MGDA(normalization: .l2), CosReg()] as [any GradientAggregator])
  func halfPrecisionEndsAtTheFeatures(_ aggregator: any GradientAggregator) throws {
    let problem = TinyProblem()
    let objective = HalfObjective(problem: problem)
    let z = objective.features(for: [0, 1, 2]).maps(of: 0)[0].detached()
    z.requiresGradient = true
    let rows = objective.losses(of: [0, 1, 2], from: .shared([z])).map { loss in
      gradients(of: [loss], withRespectTo: [z], graph: .retain)[0]!.flattened().to(.float64)
        .array(of: Double.self)
    }
    let expected = Gramian(rows: rows)
    let report = try step(problem, aggregator, level: .features, objectives: [objective])
    for i in 0..<3 {
      for j in 0..<3 {
        let allowed = 1e-5 * (expected[i, i] * expected[j, j]).squareRoot()
        #expect(abs(report.gramian![i, j] - expected[i, j]) <= allowed)
      }
    }
  }

  @Test func theSumIsTheSameAtEitherLevel() throws {
    let (c, d) = (TinyProblem(), TinyProblem())
    try step(c, GradientSum())
    try step(d, PlainSum(), level: .features)
    expectClose(values(c.store), values(d.store), tolerance: 1e-5)
  }

  @Test func surgeryOnFeatures() throws {
    let (problem, expected) = (TinyProblem(), TinyProblem())
    var generator = SeededGenerator(seed: 0)
    var mgda = MGDA(normalization: .l2)
    let weights = try mgda.weights(
      for: Gramian(rows: featureRows(expected)), losses: [], using: &generator)
    let report = try step(problem, MGDA(normalization: .l2), level: .features)
    #expect(report.gramian?.taskCount == 3)
    // The same as weighing the losses for the shared part.
    let losses = expected.objective().losses(of: [0, 1, 2])
    let total = zip(losses, weights).map { $0 * $1 }.reduce(Tensor.zeros([])) { $0 + $1 }
    let shared = expected.store.vector(of: .everyTask)!
    let gradient = shared.values.zerosLike()
    writeGradients(
      of: [total],
      to: zip(shared.parameters, shared.views(of: gradient)).map { GradientTarget($0.value, into: $1) })
    expectClose(
      problem.store.vector(of: .everyTask)!.values, shared.values - gradient * 0.1, tolerance: 1e-5, "shared")
    // Tasks' own parameters follow their own losses.
    try step(expected, GradientSum())
    expectClose(
      Array(values(problem.store).dropFirst()), Array(values(expected.store).dropFirst()), tolerance: 1e-5, "own")
  }

  @Test(arguments: [GradientLevel.parameters, .features])
  func lookingChangesNothing(_ observed: GradientLevel) throws {
    let cases: [(any GradientAggregator, GradientLevel)] = [
      (GradientSum(), .parameters), (GradientMean(), .parameters), (PCGrad(order: .ascending), .parameters),
      (PCGrad(order: .ascending), .features), (GradVac(granularity: .layer, order: .ascending), .parameters),
      (CosReg(), .parameters),
    ]
    for (aggregator, level) in cases {
      let (a, b) = (TinyProblem(), TinyProblem())
      try step(a, aggregator, level: level)
      let report = try step(b, aggregator, level: level, observing: observed)
      expectClose(values(a.store), values(b.store), tolerance: 1e-5, "\(aggregator) \(level)")
      if aggregator is CosReg { continue }
      let diagnostics = try #require(report.diagnostics)
      #expect(diagnostics.level == observed && diagnostics.featureEntropy! > 0)
      #expect(diagnostics.modules.map(\.name) == (observed == .features ? ["features.0"] : ["trunk"]))
    }
  }

  @Test func whatIsSeenIsTheGramianOfTheFeatures() throws {
    let problem = TinyProblem()
    let expected = Gramian(rows: featureRows(problem))
    let whole = try #require(try step(problem, GradientSum(), observing: .features).diagnostics)
    for i in 0..<3 { for j in 0..<3 { #expect(abs(whole.gramian[i, j] - expected[i, j]) < 1e-6) } }
    // Two halves of a batch, whose features lie side by side.
    let parts = TinyProblem()
    let halves = try #require(
      try step(
        parts, GradientSum(), observing: .features, objectives: [parts.objective(0..<8), parts.objective(8..<16)]
      ).diagnostics)
    for i in 0..<3 { for j in 0..<3 { #expect(abs(halves.gramian[i, j] - expected[i, j]) < 1e-6) } }
    #expect(abs(halves.featureEntropy! - whole.featureEntropy!) < 1e-5)
  }

  /// A batch of two equal parts is that part, whatever the method does with lengths and losses.
  @Test func equalPartsAreOne() throws {
    for aggregator: any GradientAggregator in [NashMTL(maxNorm: 0), NashMTL(maxNorm: 0.01), MGDA(normalization: .loss)]
    {
      let (one, two) = (TinyProblem(), TinyProblem())
      try step(one, aggregator, level: .features)
      try step(two, aggregator, level: .features, objectives: [two.objective(), two.objective()])
      expectClose(values(one.store), values(two.store), tolerance: 1e-5, "\(aggregator)")
    }
  }

  /// What GradNorm learns is that of its own level, looked at or not.
  @Test func lookingDoesNotTeachGradNorm() throws {
    for level in GradientLevel.allCases {
      for observed in GradientLevel.allCases {
        let (plain, looked) = (TinyProblem(), TinyProblem())
        let method = MultitaskMethod(weighting: GradNorm(learningRate: 0.1), level: level)
        let a = MultitaskOptimizer(plain.store, method: method, optimizer: SGD(momentum: 0))
        let b = MultitaskOptimizer(looked.store, method: method, optimizer: SGD(momentum: 0))
        for _ in 0..<3 {
          let expected = try a.step([plain.objective()], learningRate: 0.1)
          let found = try b.step([looked.objective()], learningRate: 0.1, observing: observed)
          expectClose(found.lossWeights, expected.lossWeights, tolerance: 1e-4)
        }
      }
    }
  }

  @Test func aNetworkWithoutFeaturesSaysSo() {
    let problem = TinyProblem()
    struct Opaque: MultitaskObjective {
      let objective: TinyProblem.Objective
      var tasks: [String] { objective.tasks }
      func features(for tasks: [Int]) -> Features { .none }
      func losses(of tasks: [Int], from features: Features) -> [Tensor] { objective.losses(of: tasks) }
    }
    #expect {
      try step(problem, MGDA(), level: .features, objectives: [Opaque(objective: problem.objective())])
    } throws: { "\($0)".contains("has no shared features") }
  }

  @Test func layersAreTreatedAlone() throws {
    var generator = SeededGenerator(seed: 1)
    let rows = RandomGenerator(seed: 3).normal([3, 12])
    let segments = [("a.weight", 0..<4), ("a.bias", 4..<6), ("b.weight", 6..<12)].map {
      GradientSegment(name: $0.0, columns: $0.1)
    }
    for (granularity, ranges) in [(Granularity.layer, [0..<6, 6..<12]), (.tensor, segments.map(\.columns))] {
      var whole = GradVac(granularity: granularity, order: .ascending)
      let direction: [Float] = try whole.direction(
        of: DenseTaskGradients(rows: rows, segments: segments), losses: [], using: &generator
      ).array()
      for columns in ranges {
        var part = GradVac(order: .ascending)
        let expected: [Float] = try part.direction(
          of: DenseTaskGradients(rows: rows[.all, columns].contiguous()), losses: [], using: &generator
        ).array()
        expectClose(direction[columns], expected, tolerance: 1e-5)
      }
    }
  }

  /// The norms of the tasks' gradients with respect to the shared parameters, or the features, by brute force.
  private func gradientNorms(_ problem: TinyProblem, _ level: GradientLevel) -> [Double] {
    if level == .features { return featureRows(problem).map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() } }
    let shared = problem.store.vector(of: .everyTask)!.parameters.map(\.value)
    return (0..<3).map { task in
      gradients(of: problem.objective().losses(of: [task]), withRespectTo: shared)
        .reduce(0) { $0 + $1!.squared().sum().item }.squareRoot()
    }
  }

  /// A step of algorithm 1 of the paper on the weights, with α = 1.5 and a rate of 0.1.
  private func gradNormWeights(
    after weights: [Double], norms: [Double], losses: [Double], initialLosses: [Double]
  ) -> [Double] {
    let ratios = paired(losses, initialLosses).map { $0 / $1 }
    let weighted = paired(weights, norms).map { $0 * $1 }
    let (meanRatio, meanNorm) = (ratios.reduce(0, +) / 3, weighted.reduce(0, +) / 3)
    let moved = (0..<3).map { task in
      let target = meanNorm * pow(ratios[task] / meanRatio, 1.5)
      return weights[task] - 0.1 * (weighted[task] > target ? norms[task] : -norms[task])
    }
    return moved.map { $0 * 3 / moved.reduce(0, +) }
  }

  @Test(arguments: GradientLevel.allCases) func gradNormFollowsItsFormula(_ level: GradientLevel) throws {
    let problem = TinyProblem()
    let optimizer = MultitaskOptimizer(
      problem.store, method: MultitaskMethod(weighting: GradNorm(learningRate: 0.1), level: level),
      optimizer: SGD(momentum: 0))
    var expected: [Double] = [1, 1, 1]
    var initialLosses: [Double]?
    for step in 0..<4 {
      let losses: [Double] = problem.objective().losses(of: [0, 1, 2]).map { $0.detached().item }
      let norms = gradientNorms(problem, level)
      let report = try optimizer.step([problem.objective()], learningRate: 0.1)
      expectClose(report.lossWeights, expected, tolerance: 1e-5, "step \(step)")
      initialLosses = initialLosses ?? losses
      expected = gradNormWeights(after: expected, norms: norms, losses: losses, initialLosses: initialLosses!)
    }
    // All weights have moved.
    #expect(expected.allSatisfy { abs($0 - 1) > 1e-3 })
  }

  @Test func aGradientThatIsNotFiniteNamesItsTask() {
    for aggregator: any GradientAggregator in [GradientSum(), PCGrad(), GradDrop(), GradVac(granularity: .layer)] {
      let problem = TinyProblem()
      let before = values(problem.store)
      struct Spoiled: MultitaskObjective {
        let objective: TinyProblem.Objective
        var tasks: [String] { objective.tasks }
        func features(for tasks: [Int]) -> Features { objective.features(for: tasks) }
        func losses(of tasks: [Int], from features: Features) -> [Tensor] {
          zip(tasks, objective.losses(of: tasks, from: features)).map { task, loss in
            // The square root of zero has an infinite slope, and a finite value.
            task == 1 ? loss + (features.maps(of: task)[0] * 0).sqrt().sum() : loss
          }
        }
      }
      #expect("\(aggregator)") {
        try step(problem, aggregator, objectives: [Spoiled(objective: problem.objective())])
      } throws: {
        ($0 as? NonFiniteError)?.task == "b" && ($0 as? NonFiniteError)?.quantity == .gradient
      }
      #expect(values(problem.store) == before)
    }
  }
}

/// The sum, as a method that looks at gradients.
private struct PlainSum: GramianAggregator {
  func weights(for gramian: Gramian, _ context: inout AggregationContext) -> Vector {
    Vector(ones: gramian.taskCount)
  }
}
