import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch

@Suite struct ConnectionStrengthTests {
  /// Two output channels, one input, a kernel of one element; worked by hand.
  @Test func strengthsByHand() {
    let weight = Tensor([Float(1), 2], shape: [2, 1, 1, 1])
    let strengths: [Float] = ChannelPriority.strengths(
      weight: weight, scales: [Tensor([Float(1), 1]), Tensor([Float(2), 1])],
      variances: [Tensor([Float(1), 1]), Tensor([Float(1), 1])], epsilon: 0
    ).array()
    // Task 0: 1·1 and 1·4; task 1: 4·1 and 1·4; each divided by its sum.
    expectClose(strengths, [0.2, 0.8, 0.5, 0.5], tolerance: 1e-6)
    // A larger variance weakens, and k² divides.
    let wide = Tensor([Float](repeating: 1, count: 9) + [Float](repeating: 2, count: 9), shape: [2, 1, 3, 3])
    let scaled: [Float] = ChannelPriority.strengths(
      weight: wide, scales: [Tensor([Float(1), 1])], variances: [Tensor([Float(1), 4])], epsilon: 0
    ).array()
    expectClose(scaled, [0.5, 0.5], tolerance: 1e-6)
  }

  private func project(_ rows: Tensor, priority: [Int]) throws -> [Float] {
    var generator = SeededGenerator(seed: 0)
    let gradients = DenseTaskGradients(
      rows: rows, segments: [GradientSegment(name: "conv.weight", columns: 0..<rows.shape[1])])
    var projection = ChannelProjection(priorities: ["conv.weight": priority])
    return try projection.direction(of: gradients, losses: [], using: &generator).array()
  }

  @Test func projectionByHand() throws {
    // Channel 0 is task 1's: task 0 is against it there, and loses that part. Channel 1 is task 0's: they agree.
    let rows = Tensor([Float(1), 0, 0, 1, -1, 1, 0, 2], shape: [2, 4])
    expectClose(try project(rows, priority: [1, 0]), [-0.5, 1.5, 0, 3], tolerance: 1e-6)
    // Other parameters keep the sum.
    var generator = SeededGenerator(seed: 0)
    let other = DenseTaskGradients(rows: rows, segments: [GradientSegment(name: "fc.weight", columns: 0..<4)])
    var projection = ChannelProjection(priorities: ["conv.weight": [1, 0]])
    let sum: [Float] = try projection.direction(of: other, losses: [], using: &generator).array()
    #expect(sum == [0, 1, 0, 3])
  }

  /// The rule on explicit vectors, group by group.
  @Test func agreesWithTheRuleOnVectors() throws {
    var generator = SeededGenerator(seed: 3)
    for round in 0..<30 {
      let (tasks, channels, width) = (2 + round % 4, 5, 3)
      let rows = (0..<tasks).map { _ in
        (0..<(channels * width)).map { _ in Double.random(in: -1...1, using: &generator) }
      }
      let priority = (0..<channels).map { _ in Int.random(in: 0..<tasks, using: &generator) }
      var changed = rows
      for group in 0..<tasks {
        let columns = (0..<channels).filter { priority[$0] == group }.flatMap { ($0 * width)..<(($0 + 1) * width) }
        func dot(_ a: [Double], _ b: [Double]) -> Double { columns.reduce(0) { $0 + a[$1] * b[$1] } }
        let own = dot(rows[group], rows[group])
        for other in 0..<tasks where other != group && dot(rows[group], rows[other]) < 0 {
          let factor = dot(rows[group], rows[other]) / own
          for column in columns { changed[other][column] -= factor * rows[group][column] }
          // Nobody is against the priority any more.
          #expect(dot(rows[group], changed[other]) > -1e-9)
        }
      }
      let expected = (0..<(channels * width)).map { column in changed.reduce(0) { $0 + $1[column] } }
      let matrix = Tensor(rows.flatMap { $0.map { Float($0) } }, shape: [tasks, channels * width])
      expectClose(try project(matrix, priority: priority), expected, tolerance: 1e-5)
    }
  }

  /// A convolution that two tasks share and normalize apart, with a head each.
  private final class Problem {
    let store = ParameterStore(seed: 5)
    let convolution: Convolution
    let norm: TaskNormalization
    let heads: [Linear]
    let input = RandomGenerator(seed: 6).normal([4, 2, 5, 5])
    static let tasks = ["a", "b"]

    init() {
      convolution = Convolution(store.root["conv"], from: 2, to: 6, kernel: 3)
      norm = TaskNormalization(store.root["bn"], channels: 6, tasks: Self.tasks)
      let root = store.root
      heads = Self.tasks.map { Linear(root["head", $0].reached(by: .task($0)), from: 6, to: 1) }
      store.layOut()
    }

    struct Objective: ConvolutionSharing {
      let problem: Problem
      var tasks: [String] { Problem.tasks }
      var featureKind: Features.Kind { .byTask }
      var normalizedConvolutions: [NormalizedConvolution] {
        [NormalizedConvolution(problem.convolution, problem.norm)]
      }
      func features(for tasks: [Int]) -> Features {
        let context = ForwardContext.training(RandomGenerator(seed: 1))
        return .byTask(
          Dictionary(
            uniqueKeysWithValues: tasks.map { task in
              let x = problem.convolution(problem.input, context)
              return (task, [problem.norm.byTask[Problem.tasks[task]]!(x, context).relu().mean(axes: [2, 3])])
            }))
      }
      func losses(of tasks: [Int], from features: Features) -> [Tensor] {
        tasks.map {
          (problem.heads[$0](features.maps(of: $0)[0], .evaluation) - (Double($0) * 2 - 1)).squared().mean()
        }
      }
    }
  }

  private func optimizer(_ problem: Problem, _ schedule: ConnectionStrength, seed: UInt64 = 1) -> MultitaskOptimizer {
    MultitaskOptimizer(
      problem.store, method: MultitaskMethod(schedule: schedule, seed: seed), optimizer: SGD(momentum: 0))
  }

  /// Fixed weights of which nobody says that they do not depend on the losses.
  private struct Guarded: LossWeighting {
    let weights: [Double]
    func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] { weights }
  }

  @Test(arguments: [1, 3]) func oneGraphAtATimeGivesTheSameSteps(parts: Int) throws {
    func train(_ weighting: any LossWeighting) throws -> [[Float]] {
      let problem = Problem()
      let optimizer = MultitaskOptimizer(
        problem.store, method: MultitaskMethod(weighting: weighting, aggregator: PCGrad(), seed: 1),
        optimizer: SGD(momentum: 0))
      for _ in 0..<3 {
        let objectives = (0..<parts).map { _ in Problem.Objective(problem: problem) }
        _ = try optimizer.step(objectives, learningRate: 0.1)
      }
      return problem.store.vectors.map { $0.values.array() }
    }
    let oneByOne = try train(ManualWeighting(weights: [0.3, 1.7]))
    #expect(try oneByOne == train(Guarded(weights: [0.3, 1.7])))
    #expect(try oneByOne != train(ManualWeighting(weights: [1, 1])))
  }

  @Test func phasesFollowTheMixture() throws {
    func phases(_ mixture: ConnectionStrength.Mixture) throws -> [Bool] {
      let problem = Problem()
      let optimizer = optimizer(problem, ConnectionStrength(mixture: mixture, epoch: 2, epochCount: 20))
      return try (0..<40).map { _ in
        try optimizer.step([Problem.Objective(problem: problem)], learningRate: 0.05).channelPriorities != nil
      }
    }
    #expect(try phases(.phase1) == [Bool](repeating: false, count: 40))
    #expect(try phases(.phase2) == [Bool](repeating: true, count: 40))
    #expect(try phases(.sequential) == (0..<40).map { $0 >= 20 })
    let mixed = try phases(.mixed)
    // Whole epochs, phase 1 first, phase 2 more often towards the end.
    #expect(stride(from: 0, to: 40, by: 2).allSatisfy { mixed[$0] == mixed[$0 + 1] } && !mixed[0])
    #expect(mixed.prefix(20).count { $0 } < mixed.suffix(20).count { $0 })
  }

  /// Two steps of phase 1, then three of phase 2, beside their definitions.
  @Test func bothPhasesFollowTheirDefinitions() throws {
    let (found, expected) = (Problem(), Problem())
    let optimizer = optimizer(found, ConnectionStrength(mixture: .sequential, epoch: 1, epochCount: 4))
    let brute = BrutePhases(problem: expected, learningRate: 0.05)
    for step in 0..<5 {
      let report = try optimizer.step([Problem.Objective(problem: found)], learningRate: 0.05)
      let priorities = step < 2 ? nil : brute.priorities
      #expect(report.channelPriorities?["conv.weight"] == priorities, "step \(step)")
      if let priorities { brute.protectedStep(priorities) } else { brute.alternatingStep() }
      let (a, b) = (found.store.state, expected.store.state)
      #expect(a.map(\.name) == b.map(\.name))
      for (found, expected) in paired(a, b) {
        expectClose(found.tensor, expected.tensor, tolerance: 1e-5, "step \(step), \(found.name)")
      }
    }
    // Neither task has all channels, so that both are protected somewhere.
    #expect(Set(brute.priorities) == [0, 1])
  }

  /// The two phases on a problem, by their definitions.
  private struct BrutePhases {
    let problem: Problem
    let learningRate: Double

    /// Of each channel: the task with the largest strength `γ² / (Var + ε) · Σ W² / k²`, each task's strengths divided by
    /// their sum.
    var priorities: [Int] {
      let weight: [Float] = problem.convolution.weight.value.array()
      let squares = (0..<6).map { channel in
        weight[(channel * 18)..<(channel * 18 + 18)].reduce(0.0) { $0 + Double($1) * Double($1) } / 9
      }
      let strengths = Problem.tasks.map { task in
        let norm = problem.norm.byTask[task]!
        let (scale, variance): ([Double], [Double]) = (norm.weight.value.array(), norm.runningVariance.value.array())
        let raw = squares.indices.map { scale[$0] * scale[$0] / (variance[$0] + 1e-5) * squares[$0] }
        return raw.map { $0 / raw.reduce(0, +) }
      }
      return squares.indices.map { strengths[0][$0] >= strengths[1][$0] ? 0 : 1 }
    }

    private func loss(_ task: Int) -> Tensor { Problem.Objective(problem: problem).losses(of: [task])[0] }

    private func gradients(of loss: Tensor, _ vector: ParameterVector) -> [Tensor] {
      Torch.gradients(of: [loss], withRespectTo: vector.parameters.map(\.value), graph: .retain).map { $0! }
    }

    private func step(_ vector: ParameterVector, along gradients: [Tensor]) {
      withoutGradients {
        for (parameter, gradient) in paired(vector.parameters, gradients) {
          parameter.value.add(inPlace: gradient, scale: -learningRate)
        }
      }
    }

    /// Every task in turn: its loss, the shared parameters and its own.
    func alternatingStep() {
      for (task, name) in Problem.tasks.enumerated() {
        let vectors = problem.store.vectors.filter { $0.reach.includes(name) }
        let loss = loss(task)
        let all = vectors.map { gradients(of: loss, $0) }
        for (vector, gradients) in paired(vectors, all) { step(vector, along: gradients) }
      }
    }

    /// All tasks at once; on the channels of a task, the other's gradient loses what is against it.
    func protectedStep(_ priorities: [Int]) {
      let losses = Problem.tasks.indices.map(loss)
      let shared = problem.store.vector(of: .everyTask)!
      let rows = losses.map { gradients(of: $0, shared) }
      let own = Problem.tasks.map { problem.store.vector(of: .task($0))! }
      let ownGradients = paired(losses, own).map(gradients)
      for (vector, gradients) in paired(own, ownGradients) { step(vector, along: gradients) }
      step(
        shared,
        along: shared.parameters.indices.map { index in
          shared.parameters[index].name == "conv.weight"
            ? protected(rows[0][index], rows[1][index], priorities) : rows[0][index] + rows[1][index]
        })
    }

    private func protected(_ a: Tensor, _ b: Tensor, _ priorities: [Int]) -> Tensor {
      var rows: [[Double]] = [a.array(), b.array()]
      for owner in 0..<2 {
        let columns = rows[0].indices.filter { priorities[$0 / 18] == owner }
        func product(_ i: Int, _ j: Int) -> Double { columns.reduce(0) { $0 + rows[i][$1] * rows[j][$1] } }
        let (against, length) = (product(owner, 1 - owner), product(owner, owner))
        guard against < 0 else { continue }
        for column in columns { rows[1 - owner][column] -= against / length * rows[owner][column] }
      }
      return Tensor(paired(rows[0], rows[1]).map { Float($0 + $1) }, shape: a.shape)
    }
  }

  @Test func halvesGoOnExactly() throws {
    let (whole, halves) = (Problem(), Problem())
    let schedule = ConnectionStrength(epoch: 3, epochCount: 6)
    let a = optimizer(whole, schedule)
    for _ in 0..<16 { _ = try a.step([Problem.Objective(problem: whole)], learningRate: 0.05) }
    let b = optimizer(halves, schedule)
    for _ in 0..<7 { _ = try b.step([Problem.Objective(problem: halves)], learningRate: 0.05) }
    var method = MultitaskMethod(schedule: schedule, seed: 77)
    try method.restoreState(b.method.encodedState(), taskCount: 2)
    let c = MultitaskOptimizer(halves.store, method: method, optimizer: SGD(momentum: 0))
    for _ in 0..<9 { _ = try c.step([Problem.Objective(problem: halves)], learningRate: 0.05) }
    #expect(
      whole.store.vectors.map { $0.values.array(of: Float.self) } == halves.store.vectors.map { $0.values.array() })
  }

  @Test func otherNetworksAndAggregatorsAreRefused() {
    let tiny = TinyProblem()
    let schedule = ConnectionStrength(mixture: .phase2, epoch: 1, epochCount: 1)
    let optimizer = MultitaskOptimizer(tiny.store, method: MultitaskMethod(schedule: schedule), optimizer: SGD())
    #expect { try optimizer.step([tiny.objective()], learningRate: 0.1) } throws: {
      "\($0)".contains("normalizes them for each task")
    }
    #expect {
      try MultitaskMethod(aggregator: PCGrad(), schedule: schedule).checkComposition()
    } throws: { "\($0)".contains("goes with the aggregator sum") }
  }
}
