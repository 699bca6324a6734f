import MultitaskLearning
import NeuralNetworks
import TestSupport
import Testing
import Torch

/// Weights that are learned on a second batch, beside recorded numbers.
@Suite struct BilevelTests {
  private typealias More = MoreReference

  /// Losses that are polynomials of the one parameter there is.
  private struct Objective: MultitaskObjective {
    let theta: Parameter
    let coefficients: [Reference]

    var tasks: [String] { coefficients.indices.map { "\($0)" } }
    func features(for tasks: [Int]) -> Features { .none }
    func losses(of tasks: [Int], from features: Features) -> [Tensor] {
      tasks.map { task in
        func vector(_ key: String) -> Tensor {
          Tensor(coefficients[task][key].doubles, shape: theta.shape)
        }
        let x = theta.value
        let quadratic = (vector("a") * x.squared()).sum() * 0.5 + (vector("u") * x).sum().squared() * 0.5
        return quadratic + (vector("b") * x).sum() + (vector("q") * x.squared().squared()).sum() * 0.25
          + coefficients[task]["e"].double
      }
    }
  }

  private final class Problem {
    let store = ParameterStore(seed: 0, dtype: .float64)
    let theta: Parameter
    let batches: [[Reference]]

    init(_ sequence: Reference) {
      theta = store.root.parameter("theta", [sequence["theta"].array.count], .zeros)
      store.layOut()
      batches = sequence["batches"].array.map(\.array)
      set(sequence["theta"])
    }

    func set(_ values: Reference) {
      withoutGradients { theta.value.copy(from: Tensor(values.doubles, shape: theta.shape)) }
    }

    func parts(_ training: Reference, _ validation: Reference) -> [Objective] {
      [training, validation].map { Objective(theta: theta, coefficients: batches[$0.int]) }
    }

    var values: [Double] { theta.value.array() }
  }

  private static func sequences(_ method: String, _ variant: String) -> [Reference] {
    More.file["bilevel"].array.filter { $0["method"].string == method && $0["variant"].string == variant }
  }

  @Test(arguments: [AutoLambda.Derivative.difference, .exact])
  func weightsOfTheAuthors(_ derivative: AutoLambda.Derivative) throws {
    var checked = 0
    for sequence in Self.sequences("auto_lambda", "official") {
      let hyper = sequence["hyper"]
      let problem = Problem(sequence)
      let optimizer = MultitaskOptimizer(
        problem.store,
        method: MultitaskMethod(
          weighting: AutoLambda(
            initial: hyper["initial"].double, learningRate: hyper["metaLearningRate"].double,
            primary: hyper["primary"].ints, difference: hyper["difference"].double, derivative: derivative)),
        optimizer: SGD(momentum: hyper["momentum"].double, weightDecay: hyper["weightDecay"].double))
      // A difference is 2e-6 away from what it approximates.
      let tolerance = derivative == .difference ? sequence["tolerance"].double : 1e-3
      for step in sequence["steps"].array {
        let what = sequence["name"].string
        More.checkNumbers(problem.values, step["theta_before"], tolerance, what)
        let report = try optimizer.step(
          problem.parts(step["train"], step["validation"]), learningRate: hyper["learningRate"].double)
        More.checkNumbers(report.lossWeights, step["weights_after"], tolerance, what)
        More.checkNumbers(problem.values, step["theta_after"], tolerance, what)
        checked += 1
      }
    }
    #expect(checked == 16)
  }

  @Test func weightsOfLibMTL() throws {
    var checked = 0
    for sequence in Self.sequences("auto_lambda", "libmtl") {
      let hyper = sequence["hyper"]
      let problem = Problem(sequence)
      let optimizer = MultitaskOptimizer(
        problem.store,
        method: MultitaskMethod(
          weighting: AutoLambda(learningRate: hyper["metaLearningRate"].double, form: .softmax)),
        optimizer: SGD(momentum: 0))
      for step in sequence["steps"].array {
        // Its parameters follow a third batch.
        problem.set(step["theta_before"])
        _ = try optimizer.step(
          problem.parts(step["inner"], step["outer"]), learningRate: hyper["learningRate"].double)
        let learned = try #require(optimizer.method.weighting as? AutoLambda)
        More.checkNumbers(
          learned.state.values, step["logits_after"], sequence["tolerance"].double, sequence["name"].string)
        checked += 1
      }
    }
    #expect(checked == 6)
  }

  @Test func multiObjectiveBilevelSteps() throws {
    var checked = 0
    for sequence in Self.sequences("forum", "libmtl") {
      let hyper = sequence["hyper"]
      let problem = Problem(sequence)
      for step in sequence["steps"].array {
        var method = FORUM(
          rho: hyper["rho"].double, innerLearningRate: hyper["innerLearningRate"].double,
          innerSteps: hyper["innerSteps"].int, learningRate: hyper["metaLearningRate"].double, epoch: 1)
        problem.set(step["theta_before"])
        let logits = step["logits_before"].doubles
        method.state.logits = logits
        method.state.mixture = step["mixture_before"].doubles
        method.state.steps = step["epoch"].int
        let optimizer = MultitaskOptimizer(
          problem.store, method: MultitaskMethod(weighting: method), optimizer: SGD(momentum: 0))
        let start = problem.values
        _ = try optimizer.step(problem.parts(step["inner"], step["outer"]), learningRate: 0.5)
        let direction = zip(start, problem.values).map { ($0 - $1) / 0.5 }
        let expected = step["gradient_consistent"].doubles
        let scale = expected.map(abs).max()!
        expectClose(
          direction, Array(expected.dropFirst(logits.count)), tolerance: 1e-3 * scale, sequence["name"].string)
        // The first step of Adam has the learning rate's length.
        let after = try #require(optimizer.method.weighting as? FORUM).state.logits
        for (index, logit) in after.enumerated() where abs(expected[index]) > 1e-4 {
          let sign = expected[index] > 0 ? -1.0 : 1
          #expect(abs(logit - logits[index] - sign * hyper["metaLearningRate"].double) < 1e-5)
        }
        checked += 1
      }
    }
    #expect(checked == 6)
  }

  /// Where the second batch has nothing to say, weights stay, and a batch that is cut counts like a whole one.
  @Test func lawsOfTwoBatches() throws {
    let problem = TinyProblem()
    func weights(_ parts: [any MultitaskObjective], _ weighting: any LossWeighting) throws -> [Double] {
      let optimizer = MultitaskOptimizer(
        problem.store, method: MultitaskMethod(weighting: weighting), optimizer: SGD(momentum: 0))
      return try optimizer.step(parts, learningRate: 0).lossWeights
    }
    let method = AutoLambda(learningRate: 0.1)
    #expect(
      try weights([problem.objective(), problem.objective(scale: 0)], method) == [0.1, 0.1, 0.1])
    let whole = try weights([problem.objective(0..<8), problem.objective(8..<16)], method)
    let cut = try weights(
      [0..<4, 4..<8, 8..<12, 12..<16].map { problem.objective($0) }, method)
    for (a, b) in paired(whole, cut) { #expect(abs(a - b) < 1e-4) }
    for weighting: any LossWeighting in [method, FORUM()] {
      #expect { try weights([problem.objective()], weighting) } throws: { "\($0)".contains("2 batches") }
    }
    #expect {
      try MultitaskMethod(weighting: method, aggregator: MoDo()).checkComposition()
    } throws: { "\($0)".contains("both take several batches") }
    for (settings, answer) in [
      (["primary": .text("c")], "a task that is not there"), (["initial": .number(-1)], "from 0"),
      (["weights": .text("soft")], "one of raw, softmax"),
    ] as [([String: MethodSetting], String)] {
      #expect { try AutoLambda.entry.make(settings, tasks: ["a", "b"]) } throws: { "\($0)".contains(answer) }
    }
    let made = try #require(
      AutoLambda.entry.make(["primary": .text("b, a")], tasks: ["a", "b", "c"]) as? AutoLambda)
    #expect(made.primary == [1, 0])
  }
}
