import Foundation
import MultitaskLearning
import Support
import TestSupport
import Testing
import Torch

/// Trajectories of loss weights of public implementations.
@Suite struct WeightingReferenceTests {
  private func check(_ found: [Double], _ expected: [Double], _ tolerance: Double, _ what: String) {
    let scale = max(1e-3, expected.map { abs($0) }.max() ?? 0)
    expectClose(found, expected, tolerance: tolerance * scale, what)
  }

  /// The weighting of a sequence; nil for those that are not this library's conventions.
  private func weighting(_ sequence: Reference, taskCount: Int) -> (any LossWeighting)? {
    let hyper = sequence["hyper"]
    func optimizer() -> ScalarOptimizer {
      ScalarOptimizer(hyper["s_optimizer"].string == "SGD" ? .sgd : .adam, learningRate: hyper["s_lr"].double)
    }
    switch sequence["method"].string {
    case "uw":
      let isMixed = hyper.has("is_regression")
      return UncertaintyWeighting(
        taskCount: taskCount,
        form: isMixed || sequence["name"].string.contains("samsung") ? .halfLogarithm : .half,
        lossFactors: isMixed ? hyper["is_regression"].array.map { $0.bool ? 0.5 : 1 } : nil,
        initial: hyper["s_init"].double, optimizer: optimizer())
    case "imtl_l": return IMTLL(taskCount: taskCount, optimizer: optimizer())
    case "gls": return GeometricMean()
    case "dwa" where !hyper.has("iteration_window"):
      return DynamicWeightAverage(temperature: hyper["T"].double, epoch: 1)
    default: return nil
    }
  }

  @Test func trajectories() throws {
    let reference = try Reference(
      contentsOf: Bundle.module.bundleURL.appendingPathComponent("Resources/loss_weighting.json"))
    var generator = SeededGenerator(seed: 0)
    var checked: Set<String> = []
    for sequence in reference["sequences"].array {
      let steps = sequence["steps"].array
      let losses = steps[0].has("losses") ? "losses" : "epoch_mean_losses"
      guard steps[0].has(losses), var weighting = weighting(sequence, taskCount: steps[0]["weights"].array.count)
      else { continue }
      for (index, step) in steps.enumerated() {
        let weights = try weighting.weights(for: step[losses].doubles, using: &generator)
        check(
          weights, step["weights"].doubles, sequence["tolerance"].double, "\(sequence["name"].string) step \(index)")
        weighting.update(losses: step[losses].doubles)
      }
      checked.insert(sequence["method"].string)
    }
    #expect(checked == ["uw", "imtl_l", "gls", "dwa"])
    for sequence in reference["sequences"].array where sequence["method"].string == "famo" {
      let steps = sequence["steps"].array
      var famo = FAMO(minimumLosses: sequence["hyper"]["min_losses"].doubles, decay: sequence["hyper"]["gamma"].double)
      for (index, step) in steps.enumerated() {
        let weights = try famo.weights(for: step["prev_losses"].doubles, using: &generator)
        check(
          weights, step["weights"].doubles, sequence["tolerance"].double, "\(sequence["name"].string) step \(index)")
        famo.update(before: step["prev_losses"].doubles, after: step["curr_losses"].doubles)
      }
    }
    for sequence in reference["sequences"].array where sequence["method"].string == "dtp" {
      let hyper = sequence["hyper"]
      var method = DynamicTaskPrioritization(gamma: hyper["gamma"].double, alpha: hyper["alpha"].double)
      for step in sequence["steps"].array {
        method.observe(performance: step["kpi"].doubles)
        let weights = method.weights(for: step["losses"].doubles, using: &generator)
        check(weights, step["weights"].doubles, sequence["tolerance"].double, sequence["name"].string)
      }
    }
    for sequence in reference["sequences"].array
    where sequence["method"].string == "gradnorm" && sequence["variant"].string == "paper" {
      let hyper = sequence["hyper"]
      var method = GradNorm(
        alpha: hyper["alpha"].double, learningRate: hyper["w_lr"].double,
        initialLosses: hyper["initial_losses"].doubles)
      for step in sequence["steps"].array {
        let weights = method.weights(for: step["losses"].doubles, using: &generator)
        check(weights, step["weights"].doubles, sequence["tolerance"].double, sequence["name"].string)
        // The reference's norms are those of the weighted gradients.
        method.update(
          losses: step["losses"].doubles, gradientNorms: paired(step["gradient_norms"].doubles, weights).map { $0 / $1 }
        )
        check(method.state.weights, step["w_after"].doubles, sequence["tolerance"].double, sequence["name"].string)
      }
    }
    for sequence in reference["sequences"].array where sequence["method"].string == "rlw" {
      for step in sequence["steps"].array {
        let weights = RandomLossWeighting().weights(draws: step["normal_draws"].doubles)
        check(weights, step["weights"].doubles, sequence["tolerance"].double, "rlw")
      }
    }
  }
}
