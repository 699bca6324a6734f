import MultitaskLearning
import NeuralNetworks
import Testing
import Torch

/// Evaluations beside the step leave no trace.
@Suite struct ProbeTests {
  /// Counts its training passes in a buffer, as running statistics do, and draws numbers.
  private final class Problem {
    let store = ParameterStore(seed: 1)
    let weight: Parameter
    let passes: Buffer
    let generator = RandomGenerator(seed: 3)
    var draws: [Double] = []

    init() {
      weight = store.root.parameter("weight", [3], .constant(1))
      passes = store.root.buffer("passes", .zeros([1]))
      store.layOut()
    }

    struct Objective: MultitaskObjective {
      let problem: Problem
      var tasks: [String] { ["a", "b"] }
      var generator: RandomGenerator? { problem.generator }
      func features(for tasks: [Int]) -> Features {
        withoutGradients { problem.passes.value.add(inPlace: .ones([1])) }
        let draw = problem.generator.uniform([3])
        problem.draws.append(draw.sum().item)
        return .shared([problem.weight.value * draw])
      }
      func losses(of tasks: [Int], from features: Features) -> [Tensor] {
        tasks.map { ((features.maps(of: $0)[0] - Double($0)).squared()).mean() }
      }
    }
  }

  private func passes(
    _ method: MultitaskMethod, observing: GradientLevel? = nil, parts: Int = 1
  ) throws -> (count: Double, draws: [Double], state: [UInt8]) {
    let problem = Problem()
    let optimizer = MultitaskOptimizer(problem.store, method: method, optimizer: SGD())
    for _ in 0..<3 {
      _ = try optimizer.step(
        (0..<parts).map { _ in Problem.Objective(problem: problem) }, learningRate: 0.1, observing: observing)
    }
    return (problem.passes.value.item, problem.draws, problem.generator.state.array())
  }

  @Test func famoLooksAtTheSameDrawsAndTouchesNoStatistics() throws {
    let famo = try passes(MultitaskMethod(weighting: FAMO(minimumLosses: [0, 0])))
    let plain = try passes(MultitaskMethod())
    #expect(famo.count == 3 && plain.count == 3 && famo.state == plain.state)
    #expect(famo.draws.count == 6)
    for step in 0..<3 { #expect(famo.draws[2 * step] == famo.draws[2 * step + 1]) }
    #expect(stride(from: 0, to: 6, by: 2).map { famo.draws[$0] } == plain.draws)
  }

  @Test(arguments: GradientLevel.allCases) func looksLeaveNoTrace(_ level: GradientLevel) throws {
    for method in [
      MultitaskMethod(), MultitaskMethod(aggregator: CosReg()), MultitaskMethod(schedule: AlternatingSchedule()),
      MultitaskMethod(aggregator: MGDA(), level: .features),
    ] {
      let (plain, looked) = (try passes(method), try passes(method, observing: level))
      #expect(plain.count == looked.count && plain.state == looked.state)
    }
  }

  /// Weights that wait for the losses of all parts are computed from the draws that the parts then have.
  @Test func lossesOfAllPartsComeFromTheirOwnDraws() throws {
    let found = try passes(MultitaskMethod(weighting: GeometricMean()), parts: 2)
    #expect(found.count == 6 && found.draws.count == 12)
    for step in 0..<3 {
      #expect(found.draws[(4 * step)..<(4 * step + 2)] == found.draws[(4 * step + 2)..<(4 * step + 4)])
    }
  }
}
