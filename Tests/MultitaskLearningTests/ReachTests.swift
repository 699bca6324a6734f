import MultitaskLearning
import NeuralNetworks
import Testing
import Torch

/// What parameters declare beside what the recorded graph says.
@Suite struct ReachTests {
  /// Two heads, whose reaches are given.
  private struct Objective: MultitaskObjective {
    let trunk: Linear
    let heads: [Linear]
    let input = RandomGenerator(seed: 2).normal([4, 3])

    init(_ store: ParameterStore, reaches: [Reach]) {
      trunk = Linear(store.root["trunk"], from: 3, to: 3)
      heads = reaches.enumerated().map { Linear(store.root["head\($0)"].reached(by: $1), from: 3, to: 1) }
      store.layOut()
    }

    var tasks: [String] { ["a", "b"] }
    func features(for tasks: [Int]) -> Features { .shared([trunk(input, .evaluation).tanh()]) }
    func losses(of tasks: [Int], from features: Features) -> [Tensor] {
      tasks.map { heads[$0](features.maps(of: $0)[0], .evaluation).squared().mean() }
    }
  }

  private func step(
    _ reaches: [Reach], _ aggregator: any GradientAggregator, _ level: GradientLevel, _ observed: GradientLevel?
  ) throws -> [[Float]] {
    let store = ParameterStore(seed: 1)
    let objective = Objective(store, reaches: reaches)
    let before: [[Float]] = store.vectors.map { $0.values.array() }
    let optimizer = MultitaskOptimizer(
      store, method: MultitaskMethod(aggregator: aggregator, level: level), optimizer: SGD())
    do { _ = try optimizer.step([objective], learningRate: 0.1, observing: observed) } catch {
      #expect(store.vectors.map { $0.values.array() } == before)
      throw error
    }
    return store.vectors.map { $0.values.array() }
  }

  private static let aggregators: [any GradientAggregator] = [
    GradientSum(), GradientMean(), PCGrad(), MGDA(), GradDrop(), CosReg(),
  ]

  @Test(arguments: GradientLevel.allCases, [nil, GradientLevel.features, .parameters])
  func aForgottenReachIsNamed(_ level: GradientLevel, _ observed: GradientLevel?) throws {
    for aggregator in Self.aggregators {
      #expect {
        _ = try step([.task("a"), .everyTask], aggregator, level, observed)
      } throws: { error in
        "\(error)".contains("'head1.weight' is declared as reached by every task")
          && "\(error)".contains("only those of 'b' reach it") && "\(error)".contains("reached(by: .task(\"b\"))")
      }
      #expect {
        _ = try step([.task("a"), .task("a")], aggregator, level, observed)
      } throws: { error in
        "\(error)".contains("'head1.weight' is declared as reached by tasks:a")
          && "\(error)".contains("the losses of 'b' reach it")
      }
      _ = try step([.task("a"), .task("b")], aggregator, level, observed)
    }
  }

  /// The networks of this library declare what their graphs have.
  @Test func schedulesFindItTooEvenWhereTasksAreSeenOneByOne() throws {
    let store = ParameterStore(seed: 1)
    let objective = Objective(store, reaches: [.everyTask, .task("b")])
    let optimizer = MultitaskOptimizer(
      store, method: MultitaskMethod(schedule: AlternatingSchedule()), optimizer: SGD())
    #expect { _ = try optimizer.step([objective], learningRate: 0.1) } throws: { "\($0)".contains("'head0.weight'") }
  }

  /// A network that grew is looked at anew.
  @Test func whatGrewIsChecked() throws {
    let problem = TinyProblem()
    let optimizer = MultitaskOptimizer(problem.store, method: MultitaskMethod(), optimizer: SGD())
    _ = try optimizer.step([problem.objective()], learningRate: 0.1)
    let late = Linear(problem.store.root["late"], from: 5, to: 5)
    problem.store.layOut()
    struct Grown: MultitaskObjective {
      let problem: TinyProblem
      let late: Linear
      var tasks: [String] { ["a", "b", "c"] }
      func features(for tasks: [Int]) -> Features { problem.objective().features(for: tasks) }
      func losses(of tasks: [Int], from features: Features) -> [Tensor] {
        tasks.flatMap { task in
          problem.objective().losses(
            of: [task], from: task == 0 ? .shared([late(features.maps(of: 0)[0], .evaluation)]) : features)
        }
      }
    }
    #expect {
      _ = try optimizer.step([Grown(problem: problem, late: late)], learningRate: 0.1)
    } throws: { "\($0)".contains("'late.weight'") }
  }
}
