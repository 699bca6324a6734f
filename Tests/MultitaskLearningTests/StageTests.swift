import MultitaskLearning
import NeuralNetworks
import TestSupport
import Testing
import Torch

/// On which side of the features a parameter lies: what is declared beside what the graph says, and what follows from it.
@Suite struct StageTests {
  /// Where the second layer, which every task reaches, is used.
  private enum Use: CaseIterable {
    case before, behind, both
  }

  private struct Objective: MultitaskObjective {
    let store = ParameterStore(seed: 1)
    let use: Use
    let first: Linear
    let second: Linear
    let heads: [Linear]
    var hasFeatures = true
    let input = RandomGenerator(seed: 2).normal([6, 3])

    init(_ use: Use, declared stage: ParameterScope.Stage) {
      self.use = use
      let root = store.root
      first = Linear(root["first"], from: 3, to: 3)
      second = Linear(root["second"].in(stage: stage), from: 3, to: 3)
      heads = ["a", "b"].map { Linear(root[$0].reached(by: .task($0)), from: 3, to: 1) }
      store.layOut()
    }

    var tasks: [String] { ["a", "b"] }

    func features(for tasks: [Int]) -> Features {
      let x = first(input, .evaluation).tanh()
      return .shared([use == .behind ? x : second(x, .evaluation).tanh()])
    }
    func losses(of tasks: [Int], from features: Features) -> [Tensor] {
      tasks.map { task in
        var z = features.maps(of: task)[0]
        if use != .before { z = second(z, .evaluation).tanh() }
        return (heads[task](z, .evaluation) - Double(task)).squared().mean()
      }
    }
  }

  /// The same network, which gives its features to no method.
  private struct Opaque: MultitaskObjective {
    let objective: Objective
    var tasks: [String] { objective.tasks }
    func features(for tasks: [Int]) -> Features { .none }
    func losses(of tasks: [Int], from features: Features) -> [Tensor] { objective.losses(of: tasks) }
  }

  private func values(_ store: ParameterStore) -> [[Float]] { store.vectors.map { $0.values.array() } }

  @discardableResult
  private func step(
    _ objective: any MultitaskObjective, _ store: ParameterStore, _ method: MultitaskMethod,
    observing: GradientLevel? = nil, groups: OptimizerGroups = OptimizerGroups()
  ) throws -> StepReport {
    try MultitaskOptimizer(store, method: method, optimizer: SGD(momentum: 0), groups: groups)
      .step([objective], learningRate: 0.1, observing: observing)
  }

  private static let methods = [
    MultitaskMethod(), MultitaskMethod(aggregator: PCGrad()), MultitaskMethod(aggregator: MGDA(), level: .features),
    MultitaskMethod(aggregator: CosReg(), level: .features), MultitaskMethod(aggregator: CosReg()),
    MultitaskMethod(schedule: AlternatingSchedule()),
  ]

  @Test(arguments: [nil, GradientLevel.features, .parameters])
  func aWrongStageIsNamed(_ observed: GradientLevel?) throws {
    for method in Self.methods {
      for use in Use.allCases {
        for stage in ParameterScope.Stage.allCases {
          let objective = Objective(use, declared: stage)
          let before = values(objective.store)
          let answers: [String]
          switch (use, stage) {
          case (.before, .trunk), (.behind, .head):
            try step(objective, objective.store, method, observing: observed)
            #expect(values(objective.store) != before)
            continue
          case (.before, .head):
            answers = ["one of the head", "the features are computed with it", "without in(stage: .head)"]
          case (.behind, .trunk): answers = ["one of the trunk", "reach it behind them", "path.in(stage: .head)"]
          case (.both, _): answers = ["one of the \(stage)", "both through the features and behind them"]
          }
          #expect {
            try step(objective, objective.store, method, observing: observed)
          } throws: { error in
            error is MethodError && "\(error)".contains("'second.weight'")
              && answers.allSatisfy { "\(error)".contains($0) }
          }
          #expect(values(objective.store) == before)
        }
      }
    }
  }

  /// Without features there are no sides.
  @Test func stagesOfNoFeaturesAreNotCompared() throws {
    for use in Use.allCases {
      for stage in ParameterScope.Stage.allCases {
        let objective = Objective(use, declared: stage)
        let report = try step(
          Opaque(objective: objective), objective.store, MultitaskMethod(aggregator: PCGrad()))
        #expect(report.gramian?.taskCount == 2)
      }
    }
  }

  /// At the level of features, the head follows the plain sum of the losses; at that of parameters it is columns of G.
  @Test func theStageDecidesWhoseColumns() throws {
    let (plain, mean) = (Objective(.behind, declared: .head), Objective(.behind, declared: .head))
    let start = plain.store.entry("second.weight")!.array(of: Double.self)
    let startOfFirst = plain.store.entry("first.weight")!.array(of: Double.self)
    try step(plain, plain.store, MultitaskMethod())
    try step(mean, mean.store, MultitaskMethod(aggregator: GradientMean(), level: .features))
    expectClose(
      mean.store.entry("second.weight")!.array(of: Double.self),
      plain.store.entry("second.weight")!.array(of: Double.self), tolerance: 1e-6)
    let half = zip(startOfFirst, plain.store.entry("first.weight")!.array(of: Double.self)).map { ($0 + $1) / 2 }
    expectClose(mean.store.entry("first.weight")!.array(of: Double.self), half, tolerance: 1e-6)
    let atParameters = Objective(.behind, declared: .head)
    try step(atParameters, atParameters.store, MultitaskMethod(aggregator: GradientMean()))
    let halfOfSecond = zip(start, plain.store.entry("second.weight")!.array(of: Double.self)).map { ($0 + $1) / 2 }
    expectClose(atParameters.store.entry("second.weight")!.array(of: Double.self), halfOfSecond, tolerance: 1e-6)
  }

  /// A frozen scope: its parameters and what is kept for them stay to the bit, and G lacks its columns.
  @Test func frozenGroupsAreNoColumns() throws {
    let objective = Objective(.before, declared: .trunk)
    try objective.store.assign(.names("first.*"), to: "frozen")
    let groups = OptimizerGroups([OptimizerGroup("frozen", isFrozen: true)])
    objective.store.layOut(for: groups)
    let rows = gradientsOfEach(
      objective.losses(of: [0, 1]),
      withRespectTo: [objective.store.entry("second.weight")!, objective.store.entry("second.bias")!]
    ).map { Tensor.concatenated($0.map { $0!.flattened() }) }
    let expected = DenseTaskGradients(rows: .stacked(rows)).gramian
    let before = objective.store.entry("first.weight")!.array(of: Double.self)
    let optimizer = MultitaskOptimizer(
      objective.store, method: MultitaskMethod(aggregator: PCGrad()), optimizer: Adam(weightDecay: 0.1), groups: groups)
    let report = try optimizer.step([objective], learningRate: 0.1, observing: .parameters)
    for i in 0..<2 {
      for j in 0..<2 {
        #expect(abs(report.gramian![i, j] - expected[i, j]) < 1e-6)
        #expect(abs(report.diagnostics!.gramian[i, j] - expected[i, j]) < 1e-6)
      }
    }
    #expect(report.diagnostics!.modules.map(\.name) == ["second"])
    _ = try optimizer.step([objective], learningRate: 0.1)
    #expect(objective.store.entry("first.weight")!.array(of: Double.self) == before)
    let vector = objective.store.vector(of: .everyTask)!
    for (parameter, view) in zip(vector.parameters, vector.views(of: vector.companion("adam.mean"))) {
      #expect((view.abs().max().item == 0) == parameter.name.hasPrefix("first."))
    }
  }

  /// Names of all tasks are no reach of some of them, whose gradients would be no columns of G.
  @Test func allTasksByNameAreNamed() throws {
    struct Named: MultitaskObjective {
      let problem: TinyProblem
      let late: Linear
      var tasks: [String] { ["a", "b", "c"] }
      func features(for tasks: [Int]) -> Features { problem.objective().features(for: tasks) }
      func losses(of tasks: [Int], from features: Features) -> [Tensor] {
        problem.objective().losses(
          of: tasks, from: .shared(features.maps(of: 0).map { late($0, .evaluation) }))
      }
    }
    let problem = TinyProblem()
    let path = problem.store.root["late"].reached(by: .tasks(["c", "b", "a"]))
    let objective = Named(problem: problem, late: Linear(path, from: 5, to: 5))
    problem.store.layOut()
    #expect {
      try step(objective, problem.store, MultitaskMethod())
    } throws: { "\($0)".contains("'late.weight' is declared as reached by tasks:a+b+c, which are all tasks") }
  }

  @Test func aTaskWithNothingToTrainIsNamed() throws {
    let objective = Objective(.before, declared: .trunk)
    for pattern in ["first.*", "second.*", "b.*"] { try objective.store.assign(.names(pattern), to: "frozen") }
    #expect {
      try step(
        objective, objective.store, MultitaskMethod(),
        groups: OptimizerGroups([OptimizerGroup("frozen", isFrozen: true)]))
    } throws: { "\($0)".contains("everything that the loss of 'b' reaches is frozen") }
  }

  /// A network that grows is looked at anew.
  @Test func whatGrewOnTheWrongSideIsNamed() throws {
    struct Grown: MultitaskObjective {
      let problem: TinyProblem
      let late: Linear
      var tasks: [String] { ["a", "b", "c"] }
      func features(for tasks: [Int]) -> Features { problem.objective().features(for: tasks) }
      func losses(of tasks: [Int], from features: Features) -> [Tensor] {
        problem.objective().losses(of: tasks, from: .shared([late(features.maps(of: 0)[0], .evaluation)]))
      }
    }
    let problem = TinyProblem()
    let optimizer = MultitaskOptimizer(problem.store, method: MultitaskMethod(), optimizer: SGD())
    _ = try optimizer.step([problem.objective()], learningRate: 0.1)
    let late = Linear(problem.store.root["late"], from: 5, to: 5)
    problem.store.layOut()
    #expect {
      _ = try optimizer.step([Grown(problem: problem, late: late)], learningRate: 0.1)
    } throws: { "\($0)".contains("'late.weight'") && "\($0)".contains("in(stage: .head)") }
  }

  @Test func featuresOfAnotherKindThanDeclaredStop() async {
    await #expect(processExitsWith: .failure) {
      struct Wrong: MultitaskObjective {
        let weight: Parameter
        var tasks: [String] { ["a"] }
        func features(for tasks: [Int]) -> Features { .byTask([0: [weight.value * 2]]) }
        func losses(of tasks: [Int], from features: Features) -> [Tensor] { [features.maps(of: 0)[0].sum()] }
      }
      let store = ParameterStore(seed: 1)
      let objective = Wrong(weight: store.root.parameter("w", [2], .zeros))
      _ = try MultitaskOptimizer(store, method: MultitaskMethod(), optimizer: SGD()).step([objective], learningRate: 1)
    }
  }
}
