import MultitaskLearning
import NeuralNetworks
import Testing
import Torch

/// What parameters declare beside what the recorded graph says.
@Suite struct ReachTests {
  /// Two heads, whose owners are given.
  private struct Objective: MultitaskObjective {
    let trunk: Linear
    let heads: [Linear]
    let input = RandomGenerator(seed: 2).normal([4, 3])

    init(_ store: ParameterStore, owners: [Owner]) {
      trunk = Linear(store.root["trunk"], from: 3, to: 3)
      heads = owners.enumerated().map { Linear(store.root["head\($0)"].owned(by: $1), from: 3, to: 1) }
      store.layOut()
    }

    var tasks: [String] { ["a", "b"] }
    func features(for tasks: [Int]) -> [Tensor] { [trunk(input, .evaluation).tanh()] }
    func losses(of tasks: [Int], from features: [Tensor]) -> [Tensor] {
      tasks.map { heads[$0](features[0], .evaluation).squared().mean() }
    }
  }

  private func step(
    _ owners: [Owner], _ aggregator: any GradientAggregator, _ level: GradientLevel, _ observed: GradientLevel?
  ) throws -> [[Float]] {
    let store = ParameterStore(seed: 1)
    let objective = Objective(store, owners: owners)
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
  func aForgottenOwnerIsNamed(_ level: GradientLevel, _ observed: GradientLevel?) throws {
    for aggregator in Self.aggregators {
      #expect {
        _ = try step([.task("a"), .shared], aggregator, level, observed)
      } throws: { error in
        "\(error)".contains("'head1.weight' is declared as shared by all tasks")
          && "\(error)".contains("only those of 'b' reach it") && "\(error)".contains("owned(by: .task(\"b\"))")
      }
      #expect {
        _ = try step([.task("a"), .task("a")], aggregator, level, observed)
      } throws: { error in
        "\(error)".contains("'head1.weight' is declared as owned by tasks:a")
          && "\(error)".contains("the losses of 'b' reach it")
      }
      _ = try step([.task("a"), .task("b")], aggregator, level, observed)
    }
  }

  /// The networks of this library declare what their graphs have.
  @Test func schedulesFindItTooEvenWhereTasksAreSeenOneByOne() throws {
    let store = ParameterStore(seed: 1)
    let objective = Objective(store, owners: [.shared, .task("b")])
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
      func features(for tasks: [Int]) -> [Tensor] { problem.objective().features(for: tasks) }
      func losses(of tasks: [Int], from features: [Tensor]) -> [Tensor] {
        tasks.flatMap { task in
          problem.objective().losses(of: [task], from: task == 0 ? [late(features[0], .evaluation)] : features)
        }
      }
    }
    #expect {
      _ = try optimizer.step([Grown(problem: problem, late: late)], learningRate: 0.1)
    } throws: { "\($0)".contains("'late.weight'") }
  }
}
