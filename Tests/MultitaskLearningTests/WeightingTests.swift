import Foundation
import Support
import TestSupport
import Testing
import Torch

import MultitaskLearning

@Suite struct WeightingTests {
  @Test(arguments: UncertaintyWeighting.Form.allCases, ScalarOptimizer.Rule.allCases)
  func uncertaintyFollowsItsGradient(_ form: UncertaintyWeighting.Form, _ rule: ScalarOptimizer.Rule) throws {
    var generator = SeededGenerator(seed: 1)
    var weighting = UncertaintyWeighting(
      taskCount: 2, form: form, initial: 0.3, optimizer: ScalarOptimizer(rule, learningRate: 0.01))
    func total(_ s: [Double], _ losses: [Double]) -> Double {
      zip(s, losses).reduce(0) { $0 + form.lossFactor * $1.1 * exp(-$1.0) + form.logarithmFactor * $1.0 }
    }
    let losses = [2.0, 0.1]
    let weights = weighting.weights(for: losses, using: &generator)
    #expect(weights.count == 2)
    for (index, weight) in weights.enumerated() {
      // The weight is the derivative of the total with respect to the loss.
      var moved = losses
      moved[index] += 1e-6
      let s = weighting.state.logVariances
      #expect(abs((total(s, moved) - total(s, losses)) / 1e-6 - weight) < 1e-6)
    }
    for _ in 0..<20_000 { weighting.update(losses: losses) }
    // At rest, a L e^(−s) = b.
    expectClose(
      weighting.state.logVariances, losses.map { log(form.lossFactor * $0 / form.logarithmFactor) }, tolerance: 0.02)
  }

  /// What says that it does not look at the losses is asked for weights before there are any.
  @Test(arguments: MethodRegistry.weightings.map(\.name)) func weightsThatDoNotDependOnLosses(name: String) throws {
    let settings: [String: MethodSetting] = name == "manual" ? ["weights": .numbers(["a": 1, "b": 2, "c": 0.5])] : [:]
    var weighting = try MethodRegistry.weighting(name).make(settings, tasks: ["a", "b", "c"])
    for step in 1...5 { weighting.update(losses: [1, 2 / Double(step), 0.3 * Double(step)]) }
    guard !weighting.weighsByLosses else { return }
    var (first, second) = (SeededGenerator(seed: 3), SeededGenerator(seed: 3))
    #expect(
      try weighting.weights(for: [0, 0, 0], using: &first) == weighting.weights(for: [3, 0.1, 7], using: &second))
  }

  @Test func stateSurvivesEncoding() throws {
    var weighting = UncertaintyWeighting(
      taskCount: 3, form: .full, initial: 0, optimizer: ScalarOptimizer(.adam, learningRate: 0.01))
    for step in 0..<5 { weighting.update(losses: [1, Double(step), 1.0 / 3]) }
    var copy = UncertaintyWeighting(
      taskCount: 3, form: .full, initial: 0, optimizer: ScalarOptimizer(.adam, learningRate: 0.01))
    try copy.restoreState(weighting.encodedState(), taskCount: 3)
    weighting.update(losses: [0.1, 0.2, 0.3])
    copy.update(losses: [0.1, 0.2, 0.3])
    #expect(copy.state.logVariances == weighting.state.logVariances)
  }

  @Test func manualWeightsAreCheckedAgainstTheTasks() throws {
    let entry = ManualWeighting.entry
    let weighting = try entry.make(["weights": .numbers(["b": 2, "a": 1])], tasks: ["a", "b"])
    #expect((weighting as? ManualWeighting)?.weights == [1, 2])
    for settings: [String: MethodSetting] in [
      [:], ["weights": .numbers(["a": 1])], ["weights": .numbers(["a": 1, "b": 1, "c": 1])],
      ["weights": .numbers(["a": -1, "b": 1])], ["weights": .number(1)],
    ] {
      #expect(throws: MethodError.self) { try entry.make(settings, tasks: ["a", "b"]) }
    }
  }
}

@Suite struct RegistryTests {
  @Test func namesAreUniqueAndEveryMethodCanBeMade() throws {
    #expect(Set(MethodRegistry.allNames).count == MethodRegistry.allNames.count)
    let tasks = ["a", "b"]
    for entry in MethodRegistry.weightings where entry.name != "manual" { _ = try entry.make(tasks: tasks) }
    for entry in MethodRegistry.aggregators { _ = try entry.make(tasks: tasks) }
    for entry in MethodRegistry.schedules { _ = try entry.make(tasks: tasks) }
    for entry in MethodRegistry.adaptations { _ = try entry.make(tasks: tasks) }
  }

  @Test(arguments: MethodKind.allCases) func namesAreFoundByTheirKind(_ kind: MethodKind) throws {
    #expect(!MethodRegistry.names(of: kind).isEmpty)
    for name in MethodRegistry.names(of: kind) {
      #expect(try MethodRegistry.kind(of: name) == kind)
      let found =
        switch kind {
        case .weighting: try MethodRegistry.weighting(name).name
        case .aggregator: try MethodRegistry.aggregator(name).name
        case .schedule: try MethodRegistry.schedule(name).name
        case .adaptation: try MethodRegistry.adaptation(name).name
        }
      #expect(found == name)
    }
  }

  @Test func mistakesAreAnsweredWithTheNearestName() {
    #expect { try MethodRegistry.aggregator("pcgrd") } throws: { "\($0)".contains("Did you mean 'pcgrad'?") }
    #expect { try PCGrad.entry.make(["ordr": .text("random")], tasks: []) } throws: { "\($0)".contains("'order'") }
    #expect { try PCGrad.entry.make(["order": .text("rnd")], tasks: []) } throws: {
      "\($0)".contains("one of random, ascending")
    }
  }

  @Test func settingsAreReadAsPeopleTypeThem() {
    #expect(MethodSetting(parsing: "1e-3") == .number(0.001))
    #expect(MethodSetting(parsing: "depth:1,edges:50") == .numbers(["depth": 1, "edges": 50]))
    #expect(MethodSetting(parsing: "random") == .text("random"))
  }
}
