import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch

/// What is saved beside a state because it is as large as the network.
@Suite struct MoreStatesTests {
  private static let tasks = ["a", "b", "c"]

  private func methods() throws -> [(name: String, method: MultitaskMethod)] {
    let aggregators = try [("db-mtl", [:]), ("moco", [:]), ("config", ["momentum": .text("true")])].map {
      (name: String, settings: [String: MethodSetting]) in
      (
        name,
        MultitaskMethod(
          aggregator: try MethodRegistry.aggregator(name).make(settings, tasks: OracleProblem.tasks))
      )
    }
    return aggregators + [("excess-mtl", MultitaskMethod(weighting: ExcessMTL(stepSize: 0.5)))]
  }

  private func train(_ method: MultitaskMethod, _ problem: OracleProblem, steps: Range<Int>) throws -> MultitaskMethod {
    let optimizer = MultitaskOptimizer(problem.store, method: method, optimizer: SGD(momentum: 0))
    for step in steps { _ = try optimizer.step([problem.objective(step: step % 2)], learningRate: 0.05) }
    return optimizer.method
  }

  private func tensors(_ method: MultitaskMethod) -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: method.tensors.map { ($0.name, $0.tensor) })
  }

  /// Four steps at once, or two, a file, and two more.
  @Test func trainingsGoOnExactly() throws {
    for (name, method) in try methods() {
      let (whole, halves) = (
        OracleProblem(OracleProblem.Kind(), dtype: .float64), OracleProblem(OracleProblem.Kind(), dtype: .float64)
      )
      _ = try train(method, whole, steps: 0..<4)
      let paused = try train(method, halves, steps: 0..<2)
      #expect(!paused.tensors.isEmpty && method.tensors.isEmpty, "\(name)")
      var resumed = method
      try resumed.restoreState(paused.encodedState(), taskCount: 3)
      try resumed.restore(tensors: tensors(paused).mapValues { $0.copied() })
      _ = try train(resumed, halves, steps: 2..<4)
      for (a, b) in paired(whole.store.vectors, halves.store.vectors) {
        #expect(a.values.array(of: Double.self) == b.values.array(of: Double.self), "\(name)")
      }
    }
  }

  /// A step that fails leaves the averages as they were.
  @Test func tensorsAreNotChangedInPlace() throws {
    for (name, method) in try methods() {
      let problem = OracleProblem(OracleProblem.Kind(), dtype: .float64)
      let before = try train(method, problem, steps: 0..<2)
      let values = before.tensors.map { $0.tensor.array(of: Double.self) }
      _ = try train(before, problem, steps: 2..<3)
      #expect(before.tensors.map { $0.tensor.array(of: Double.self) } == values && !values.isEmpty, "\(name)")
    }
  }

  @Test func damagedTensorsAreRefused() throws {
    for (name, method) in try methods() {
      let problem = OracleProblem(OracleProblem.Kind(), dtype: .float64)
      let trained = try train(method, problem, steps: 0..<2)
      let good = tensors(trained)
      for key in good.keys {
        for bad in [nil, Tensor.zeros([2, 3]), Tensor([Float.nan]), Tensor([Int64(1)])] as [Tensor?] {
          var damaged = good
          damaged[key] = bad
          var restored = method
          try restored.restoreState(trained.encodedState(), taskCount: 3)
          #expect(throws: MethodError.self, "\(name) \(key)") { try restored.restore(tensors: damaged) }
        }
      }
      // A state alone: what its tensors held begins anew.
      var restored = method
      try restored.restoreState(trained.encodedState(), taskCount: 3)
      _ = try train(restored, problem, steps: 2..<4)
      #expect(problem.store.vectors.allSatisfy { $0.values.array(of: Double.self).allSatisfy(\.isFinite) }, "\(name)")
    }
  }

  /// Other parameters, as of a network that grew.
  @Test func averagesOfAnotherWidthBeginAnew() throws {
    var generator = SeededGenerator(seed: 0)
    for name in ["db-mtl", "moco", "config"] {
      let settings: [String: MethodSetting] = name == "config" ? ["momentum": .text("true")] : [:]
      func make() throws -> any GradientAggregator {
        try MethodRegistry.aggregator(name).make(settings, tasks: ["a", "b"])
      }
      var (old, new) = (try make(), try make())
      _ = try old.direction(of: MoreReference.matrix([[1, 2], [3, -1]]), losses: [1, 2], using: &generator)
      let wide = MoreReference.matrix([[1, 2, 0], [3, -1, 1]])
      let found = try old.direction(of: wide, losses: [1, 2], using: &generator)
      let expected = try new.direction(of: wide, losses: [1, 2], using: &generator)
      if name == "moco" {
        #expect(found.array(of: Double.self).allSatisfy { $0.isFinite })
      } else {
        expectClose(found, expected, tolerance: 1e-12, name)
      }
    }
  }

  @Test func levelsThatDoNotFitAreRefused() throws {
    for (part, reason) in [
      (MultitaskMethod(aggregator: DBMTL(), level: .features), "for each element"),
      (MultitaskMethod(aggregator: MoCo(), level: .features), "for each element"),
      (MultitaskMethod(aggregator: MomentumConFIG(), level: .features), "for each element"),
      (MultitaskMethod(weighting: ExcessMTL(), level: .features), "for each element"),
      (MultitaskMethod(aggregator: MoDo(), level: .features), "different features"),
      (MultitaskMethod(weighting: ExcessMTL(), schedule: AlternatingSchedule()), "at once"),
      (MultitaskMethod(aggregator: PCD(gains: [0, 0]), schedule: AlternatingSchedule()), "remembers"),
    ] {
      #expect { try part.checkComposition() } throws: { $0 is MethodError && "\($0)".contains(reason) }
    }
    try MultitaskMethod(aggregator: MomentumConFIG(), schedule: AlternatingSchedule()).checkComposition()
    try MultitaskMethod(aggregator: ConFIG(), level: .features).checkComposition()
  }
}

/// Parameters of the second set, as people set them.
@Suite struct MoreSettingsTests {
  private static let tasks = ["depth", "edges", "normals"]

  private func aggregator(_ name: String, _ settings: [String: MethodSetting]) throws -> any GradientAggregator {
    try MethodRegistry.aggregator(name).make(settings, tasks: Self.tasks)
  }

  @Test func valuesReachTheMethods() throws {
    let preference = MethodSetting.numbers(["depth": 1, "edges": 2, "normals": 0.5])
    for name in ["upgrad", "dualproj", "config", "aligned-mtl", "sdmgrad"] {
      var (plain, preferring) = (try aggregator(name, [:]), try aggregator(name, ["preference": preference]))
      let gramian = Gramian(rows: [[1, 0.2, 0], [-0.5, 1, 0.3], [0.1, -0.4, 2]])
      var contexts = [AggregationContext](
        repeating: AggregationContext(taskCount: 3, generator: SeededGenerator(seed: 0)), count: 2)
      let weights = try plain.weights(forInnerProducts: gramian, &contexts[0])
      #expect(try preferring.weights(forInnerProducts: gramian, &contexts[1]) != weights, "\(name)")
    }
    let pcd = try #require(
      try aggregator("pcd", ["primary": .text("normals"), "tau": .number(0.1), "taus": .numbers(["edges": 0.5])])
        as? PCD)
    #expect(pcd.primary == 2 && pcd.gains == [0.1, 0.5, 0.1])
    let krum = try aggregator("krum", [:]) as? Krum
    let trimmed = try aggregator("trimmed-mean", [:]) as? TrimmedMean
    #expect(krum?.byzantine == 0 && trimmed?.trim == 1)
    let smoothing = try #require(try aggregator("smoothing", ["of": .text("cagrad")]) as? WeightSmoothing)
    #expect(smoothing.inner is CAGrad)
    #expect(try aggregator("config", ["momentum": .text("true")]) is MomentumConFIG)
    let constant = try aggregator("constant", ["weights": .numbers(["edges": 3])])
    #expect(constant.constantWeights(of: [1, 2]) == [3, 1])
  }

  @Test func mistakesAreAnswered() {
    let mistakes: [(name: String, settings: [String: MethodSetting], answer: String)] = [
      ("upgrad", ["preference": .numbers(["depth": 1])], "no preference for the task 'edges'"),
      ("upgrad", ["preference": .numbers(["depth": 0, "edges": 1, "normals": 1])], "has to be"),
      ("pcd", ["primary": .text("edge")], "Did you mean 'edges'?"),
      ("krum", ["byzantine": .number(1)], "needs at least 4 tasks, but there are 3"),
      ("krum", ["selected": .number(4)], "there are 3 tasks"),
      ("trimmed-mean", ["trim": .number(2)], "needs at least 5 tasks, but there are 3"),
      ("smoothing", ["of": .text("mgd")], "Did you mean 'mgda'?"),
      ("smoothing", ["of": .text("graddrop")], "it needs single elements of the gradients"),
      ("smoothing", ["of": .text("smoothing")], "has to name another aggregator"),
      ("modo", ["batches": .number(4)], "from 2 to 3"),
    ]
    for mistake in mistakes {
      #expect("\(mistake.name) \(mistake.settings)") {
        _ = try aggregator(mistake.name, mistake.settings)
      } throws: {
        $0 is MethodError && "\($0)".contains(mistake.answer)
      }
    }
  }
}
