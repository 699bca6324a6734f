import NeuralNetworks
import TestSupport
import Testing
import Torch

import MultitaskLearning

@Suite struct StepTests {
  private func values(_ store: ParameterStore) -> [[Float]] { store.vectors.map { $0.values.array() } }

  private func step(
    _ problem: TinyProblem, _ objectives: [any MultitaskObjective], aggregator: any GradientAggregator,
    weighting: any LossWeighting = EqualWeighting(), observing: GradientLevel? = nil
  ) throws -> StepReport {
    let optimizer = MultitaskOptimizer(
      problem.store, method: MultitaskMethod(weighting: weighting, aggregator: aggregator), optimizer: SGD(momentum: 0))
    return try optimizer.step(objectives, learningRate: 0.1, observing: observing)
  }

  /// Differentiates the plain sum and steps by hand.
  private func plainStep(_ problem: TinyProblem, weights: [Double] = [1, 1, 1]) -> [[Float]] {
    let losses = problem.objective().losses(of: [0, 1, 2])
    let total = zip(losses, weights).map { $0 * $1 }.reduce(Tensor.zeros([])) { $0 + $1 }
    return problem.store.vectors.map { vector in
      let gradient = vector.values.zerosLike()
      writeGradients(
        of: [total], to: zip(vector.parameters, vector.views(of: gradient)).map { GradientTarget($0.value, into: $1) },
        graph: .retain)
      return (vector.values - gradient * 0.1).array()
    }
  }

  @Test func theSumIsGradientDescentOnTheSum() throws {
    let problem = TinyProblem()
    let expected = plainStep(problem)
    let report = try step(problem, [problem.objective()], aggregator: GradientSum())
    expectClose(values(problem.store), expected, tolerance: 1e-5)
    #expect(report.gramian == nil && report.lossWeights == [1, 1, 1])
  }

  @Test func weightsScaleTheLosses() throws {
    let problem = TinyProblem()
    let expected = plainStep(problem, weights: [2, 0.5, 3])
    _ = try step(
      problem, [problem.objective()], aggregator: GradientSum(), weighting: ManualWeighting(weights: [2, 0.5, 3]))
    expectClose(values(problem.store), expected, tolerance: 1e-5)
  }

  /// A layer that came later, behind frozen ones.
  private struct GrownObjective: MultitaskObjective {
    let problem: TinyProblem
    let late: Linear
    var tasks: [String] { ["a", "b", "c"] }
    func features(for tasks: [Int]) -> Features {
      .shared(problem.objective().features(for: tasks).maps(of: 0).map { late($0, .evaluation) })
    }
    func losses(of tasks: [Int], from features: Features) -> [Tensor] {
      problem.objective().losses(of: tasks, from: features)
    }
  }

  @Test func methodsSeeWhatIsTrained() throws {
    let problem = TinyProblem()
    let objective = GrownObjective(
      problem: problem, late: Linear(problem.store.root["late"], from: 5, to: 5))
    problem.store.layOut()
    for (freezes, seen) in [(false, 0..<4), (true, 2..<4)] {
      if freezes { problem.store.freeze { $0.name.hasPrefix("trunk.") } }
      problem.store.layOut()
      let vector = problem.store.vector(of: .everyTask)!
      #expect(vector.trainedIndices == Array(seen))
      let own = gradientsOfEach(objective.losses(of: [0, 1, 2]), withRespectTo: vector.trainedParameters.map(\.value))
      let rows = own.map { row in Tensor.concatenated(row.map { $0!.flattened() } + [.zeros([1])]) }
      let expected = DenseTaskGradients(rows: .stacked(rows)).gramian
      let before = vector.parameters.map { $0.value.array(of: Float.self) }
      let report = try step(problem, [objective], aggregator: PCGrad())
      for i in 0..<3 { for j in 0..<3 { #expect(abs(report.gramian![i, j] - expected[i, j]) < 1e-5) } }
      for (index, values) in before.enumerated() {
        #expect((vector.parameters[index].value.array() != values) == seen.contains(index))
      }
    }
  }

  /// Then only what is the tasks' own learns, and no method is asked.
  @Test(arguments: [PCGrad(), NashMTL(), CosReg(), GradientSum()] as [any GradientAggregator])
  func nothingSharedIsTrained(_ aggregator: any GradientAggregator) throws {
    let problem = TinyProblem()
    problem.store.freeze { $0.scope.reach == .everyTask }
    problem.store.layOut()
    let shared = problem.store.vector(of: .everyTask)!
    let before = values(problem.store)
    for level in [GradientLevel.parameters, .features] {
      let report = try step(problem, [problem.objective()], aggregator: aggregator, observing: level)
      #expect(report.gramian == nil && report.diagnostics == nil)
    }
    for (vector, (old, new)) in paired(problem.store.vectors, Array(paired(before, values(problem.store)))) {
      #expect((old == new) == (vector === shared))
    }
  }

  @Test func lookingAtTheGradientsChangesNothing() throws {
    let (plain, observed) = (TinyProblem(), TinyProblem())
    _ = try step(plain, [plain.objective()], aggregator: GradientSum())
    let report = try step(observed, [observed.objective()], aggregator: GradientSum(), observing: .parameters)
    expectClose(values(plain.store), values(observed.store), tolerance: 1e-5)
    #expect(report.diagnostics?.gramian.taskCount == 3)
  }

  @Test func theMeanLeavesTasksTheirOwnLosses() throws {
    let (sum, mean) = (TinyProblem(), TinyProblem())
    let start = values(sum.store)
    _ = try step(sum, [sum.objective()], aggregator: GradientSum())
    _ = try step(mean, [mean.objective()], aggregator: GradientMean())
    let (a, b) = (values(sum.store), values(mean.store))
    for index in start[0].indices {
      #expect(abs((a[0][index] - start[0][index]) / 3 - (b[0][index] - start[0][index])) < 1e-6)
    }
    expectClose(Array(a.dropFirst()), Array(b.dropFirst()), tolerance: 1e-5)
  }

  @Test func partsOfABatchMakeTheSameStep() throws {
    for aggregator: any GradientAggregator in [GradientSum(), PCGrad(order: .ascending)] {
      let (whole, parts) = (TinyProblem(), TinyProblem())
      let a = try step(whole, [whole.objective()], aggregator: aggregator)
      let b = try step(parts, [parts.objective(0..<8), parts.objective(8..<16)], aggregator: aggregator)
      expectClose(values(whole.store), values(parts.store), tolerance: 1e-5)
      expectClose(a.losses, b.losses, tolerance: 1e-5)
    }
  }

  @Test func parametersOfSeveralTasksFollowTheirSum() throws {
    let problem = TinyProblem()
    let expected = plainStep(problem)
    // Gradient surgery changes the shared part alone: parameters of tasks keep the sum of their losses' gradients.
    _ = try step(problem, [problem.objective()], aggregator: PCGrad())
    expectClose(Array(values(problem.store).dropFirst()), Array(expected.dropFirst()), tolerance: 1e-5)
  }

  @Test func aLossThatIsNotFiniteChangesNothing() {
    let problem = TinyProblem()
    let before = values(problem.store)
    #expect { try step(problem, [problem.objective(scale: .infinity)], aggregator: GradientSum()) } throws: {
      ($0 as? NonFiniteError)?.task == "a"
    }
    #expect(values(problem.store) == before)
  }

  @Test func methodsComeBackFromTheirState() throws {
    var method = MultitaskMethod(
      weighting: try UncertaintyWeighting.entry.make(tasks: ["a", "b", "c"]), aggregator: PCGrad(), seed: 3)
    method.weighting.update(losses: [1, 2, 3])
    _ = method.generator.next()
    var copy = MultitaskMethod(
      weighting: try UncertaintyWeighting.entry.make(tasks: ["a", "b", "c"]), aggregator: PCGrad(), seed: 99)
    try copy.restoreState(method.encodedState(), taskCount: 3)
    #expect(copy.generator.next() == method.generator.next())
    #expect(try copy.encodedState() == method.encodedState())
  }
}
