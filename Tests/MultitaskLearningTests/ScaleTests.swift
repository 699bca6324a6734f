import MultitaskLearning
import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch

/// The common scale of methods: T equal gradients g give T g.
@Suite struct ScaleTests {
  /// One linear layer with a loss that is the same for every task, so that all gradients are equal and do not change.
  private final class EqualTasks {
    let store = ParameterStore(seed: 3)
    let trunk: Linear
    let names: [String]
    private let input = RandomGenerator(seed: 4).normal([8, 5])

    init(_ count: Int) {
      names = (0..<count).map { "task\($0)" }
      trunk = Linear(store.root["trunk"], from: 5, to: 3)
      store.layOut()
    }

    private var parameters: [Tensor] { store.vectors.flatMap { $0.parameters.map(\.value) } }

    var values: [Double] {
      parameters.flatMap { $0.detached().flattened().array(of: Float.self).map { Double($0) } }
    }

    /// The gradient of one loss, in the order of ``values``.
    var gradient: [Double] {
      let loss = objective().losses(of: [0], from: objective().features(for: [0]))
      return gradients(of: loss, withRespectTo: parameters)
        .flatMap { $0!.flattened().array(of: Float.self).map { Double($0) } }
    }

    func objective() -> Objective { Objective(problem: self, input: input) }

    struct Objective: MultitaskObjective {
      let problem: EqualTasks
      let input: Tensor
      var tasks: [String] { problem.names }

      func features(for tasks: [Int]) -> Features { .shared([problem.trunk(input, .evaluation)]) }

      func losses(of tasks: [Int], from features: Features) -> [Tensor] {
        tasks.map { features.maps(of: $0)[0].mean() + 5 }
      }
    }
  }

  /// How many times the gradient a step goes, if it goes along it.
  private func multiples(
    _ weighting: any LossWeighting, _ aggregator: any GradientAggregator, taskCount: Int, level: GradientLevel,
    scale: MethodScale = .common, steps: Int = 2
  ) throws -> [Double] {
    let problem = EqualTasks(taskCount)
    let method = MultitaskMethod(
      weighting: weighting, aggregator: aggregator, level: level, scale: scale, seed: 5)
    let optimizer = MultitaskOptimizer(problem.store, method: method, optimizer: SGD(momentum: 0))
    let g = Vector(problem.gradient)
    return try (0..<steps).flatMap { _ -> [Double] in
      let before = Vector(problem.values)
      _ = try optimizer.step((0..<method.batchCount).map { _ in problem.objective() }, learningRate: 0.1)
      let moved = (before - Vector(problem.values)) / 0.1
      return zip(moved, g).filter { abs($1) > 1e-2 }.map { $0 / $1 }
    }
  }

  private static let aggregators: [(String, [String: MethodSetting])] =
    MethodRegistry.aggregators.names.map { ($0, [:]) } + [
      ("cagrad", ["c": .number(0.7), "rescale": .number(0)]), ("cagrad", ["rescale": .number(2)]),
      ("nash-mtl", ["maxNorm": .number(0)]), ("mgda", ["normalization": .text("l2")]),
      ("mgda", ["normalization": .text("loss+")]), ("graddrop", ["leak": .number(0.3)]),
      ("gradvac", ["granularity": .text("layer")]), ("rotograd", ["scaling": .text("false")]),
      ("smoothing", ["of": .text("pcgrad")]), ("smoothing", ["initial": .text("uniform")]),
      ("modo", ["batches": .number(3)]), ("aligned-mtl", ["scale": .text("rmse")]),
      ("constant", ["weights": .numbers(["task0": 3])]),
      ("upgrad", ["preference": .numbers(["task0": 1, "task1": 2])]),
      ("config", ["preference": .numbers(["task0": 1, "task1": 2])]),
      ("sdmgrad", ["preference": .numbers(["task0": 1, "task1": 2])]),
    ]

  /// Every aggregator that declares how long its direction is, with gradients of parameters and of features. IMTL, which
  /// learns scales, begins there.
  @Test func aggregatorsStepAlongTheSumOfEqualGradients() throws {
    var open: Set<String> = []
    for (name, settings) in Self.aggregators {
      for taskCount in [2, 5] {
        let tasks = (0..<taskCount).map { "task\($0)" }
        guard !settings.contains(where: { $0.key == "preference" }) || taskCount == 2 else { continue }
        let aggregator = try MethodRegistry.aggregator(name).make(settings, tasks: tasks)
        guard aggregator.directionLength(of: Array(0..<taskCount), among: taskCount) != .open else {
          open.insert(name)
          continue
        }
        for level in GradientLevel.allCases where level == .parameters || aggregator.batchCount == 1 {
          let found = try multiples(
            EqualWeighting(), aggregator, taskCount: taskCount, level: level, steps: name == "imtl" ? 1 : 2)
          #expect(found.count >= 10)
          expectClose(found, found.map { _ in Double(taskCount) }, tolerance: 2e-3, "\(name) \(settings) \(level)")
        }
      }
    }
    #expect(open == ["moco", "db-mtl"])
  }

  /// Every weighting that declares the sum of its weights. Those that learn scales begin there.
  @Test func weightingsStepAlongTheSumOfEqualGradients() throws {
    var open: Set<String> = []
    for name in MethodRegistry.weightings.names {
      for taskCount in [2, 5] {
        let tasks = (0..<taskCount).map { "task\($0)" }
        let settings: [String: MethodSetting] =
          name == "manual"
          ? ["weights": .numbers(Dictionary(uniqueKeysWithValues: tasks.enumerated().map { ($1, Double($0) + 2) }))]
          : [:]
        let weighting = try MethodRegistry.weighting(name).make(settings, tasks: tasks)
        guard weighting.totalWeight(of: Array(0..<taskCount), among: taskCount) != nil else {
          open.insert(name)
          continue
        }
        let learnsScales = ["uw", "imtl-l"].contains(name)
        let found = try multiples(
          weighting, GradientSum(), taskCount: taskCount, level: .parameters, steps: learnsScales ? 1 : 3)
        expectClose(found, found.map { _ in Double(taskCount) }, tolerance: 2e-3, name)
      }
    }
    #expect(open == ["dtp", "gls", "stch", "pbi", "cosmos", "auto-lambda", "forum"])
  }

  /// Both parts of a method are brought to the scale; the native scale is left alone, and so is an open one.
  @Test func scalesCompose() throws {
    func multiple(
      _ weighting: any LossWeighting, _ aggregator: any GradientAggregator, _ scale: MethodScale
    ) throws -> Double {
      try multiples(weighting, aggregator, taskCount: 4, level: .parameters, scale: scale, steps: 1)[0]
    }
    expectClose([try multiple(RandomLossWeighting(), GradientMean(), .common)], [4], tolerance: 1e-3)
    expectClose([try multiple(EqualWeighting(), GradientMean(), .native)], [1], tolerance: 1e-3)
    expectClose([try multiple(EqualWeighting(), GradientMean(), .common)], [4], tolerance: 1e-3)
    expectClose([try multiple(RandomLossWeighting(), GradientSum(), .native)], [1], tolerance: 1e-3)
    expectClose([try multiple(EqualWeighting(), CAGrad(c: 0.5, rescale: 0), .native)], [1.5], tolerance: 1e-3)
    let nash = try multiple(EqualWeighting(), NashMTL(maxNorm: 0), .native)
    #expect(abs(nash - 4) > 0.01)
    expectClose([try multiple(EqualWeighting(), NashMTL(), .common)], [4], tolerance: 1e-3)
  }

  /// The scale of a method changes nothing else: directions stay parallel, and the plain sum is the same to the bit.
  @Test func directionsKeepTheirDirection() throws {
    func change(_ aggregator: any GradientAggregator, _ scale: MethodScale) throws -> [Double] {
      let problem = TinyProblem()
      let before = problem.store.vector(of: .everyTask)!.values.array(of: Float.self).map { Double($0) }
      let optimizer = MultitaskOptimizer(
        problem.store, method: MultitaskMethod(aggregator: aggregator, scale: scale, seed: 2),
        optimizer: SGD(momentum: 0))
      _ = try optimizer.step([problem.objective()], learningRate: 0.1)
      return zip(before, problem.store.vector(of: .everyTask)!.values.array(of: Float.self)).map { $0 - Double($1) }
    }
    for aggregator in [PCGrad(), MGDA(), CAGrad(), NashMTL(), GradDrop(), IMTLG()] as [any GradientAggregator] {
      let (native, common) = (Vector(try change(aggregator, .native)), Vector(try change(aggregator, .common)))
      expectClose([native.dot(common) / (native.norm * common.norm)], [1], tolerance: 1e-4, "\(aggregator)")
    }
    #expect(try change(GradientSum(), .native) == change(GradientSum(), .common))
  }
}
