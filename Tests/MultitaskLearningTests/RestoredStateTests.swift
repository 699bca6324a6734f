import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import Testing
import Torch

/// States from files, of which nothing is believed.
@Suite struct RestoredStateTests {
  private static let tasks = ["a", "b", "c"]

  /// JSON with one number or array changed, in all the ways that a damaged file may have.
  private func mutations(of value: Any) -> [Any] {
    if let object = value as? [String: Any] {
      return object.keys.sorted().flatMap { key -> [Any] in
        let changed: [Any] = mutations(of: object[key]!).map { value in
          var copy = object
          copy[key] = value
          return copy
        }
        return changed + [object.filter { $0.key != key }]
      }
    }
    if let list = value as? [Any] {
      let changed: [Any] = list.indices.flatMap { index in
        mutations(of: list[index]).map { value in
          var copy = list
          copy[index] = value
          return copy
        }
      }
      return changed + [Array(list.dropFirst()), list + list.prefix(1), [Any]()]
    }
    return [
      -1, 0, 7, 1e308, -1e308, Double.leastNonzeroMagnitude, Int.max, Int.min, 0.5, "nan", "inf", "text", NSNull(), [1],
      [:],
    ] as [Any]
  }

  private func mutations(of state: Data) throws -> [Data] {
    let value = try JSONSerialization.jsonObject(with: state, options: .fragmentsAllowed)
    return mutations(of: value).filter(JSONSerialization.isValidJSONObject)
      .map { try! JSONSerialization.data(withJSONObject: $0) }
  }

  @Test(arguments: MethodRegistry.weightings.map(\.name)) func weightings(_ name: String) throws {
    let settings: [String: [String: MethodSetting]] = [
      "manual": ["weights": .numbers(["a": 1, "b": 2, "c": 0.5])], "dwa": ["epoch": .number(2)],
      "stch": ["epoch": .number(2), "warmupEpoch": .number(0)],
    ]
    let entry = try MethodRegistry.weighting(name)
    var weighting = try entry.make(settings[name] ?? [:], tasks: Self.tasks)
    var generator = SeededGenerator(seed: 1)
    func use(_ weighting: inout any LossWeighting) throws {
      for step in 1...5 {
        let losses = [1.0, 0.3, 2 / Double(step)]
        let rows = Tensor([0.5, Double(step), -1, 0.2, 3, 0], shape: [3, 2])
        let weights =
          weighting.weighsByGradients
          ? try weighting.weights(for: losses, gradients: DenseTaskGradients(rows: rows), using: &generator)
          : try weighting.weights(for: losses, using: &generator)
        #expect(weights.count == 3 && weights.allSatisfy { $0.isFinite })
        weighting.update(losses: losses, gradientNorms: [1, 2, 0.5])
        weighting.update(losses: losses)
        weighting.update(before: losses, after: [0.9, 0.2, 1 / Double(step)])
      }
    }
    try use(&weighting)
    let state = try weighting.encodedState()
    var (accepted, refused) = (0, 0)
    for mutation in try mutations(of: state) {
      var restored = try entry.make(settings[name] ?? [:], tasks: Self.tasks)
      do { try restored.restoreState(mutation, taskCount: 3) } catch {
        #expect(error is MethodError)
        refused += 1
        continue
      }
      accepted += 1
      try use(&restored)
    }
    #expect(!weighting.observesUpdates || refused > 20, "\(accepted) of \(accepted + refused)")
    var same = try entry.make(settings[name] ?? [:], tasks: Self.tasks)
    try same.restoreState(state, taskCount: 3)
    #expect(try same.encodedState() == state)
    // What learns on a second batch alone has learned nothing here.
    if !(try JSONSerialization.jsonObject(with: state) as! [String: Any]).isEmpty && name != "dtp"
      && weighting.batchCount == 1
    {
      #expect(throws: MethodError.self) { try same.restoreState(state, taskCount: 4) }
    }
  }

  @Test(arguments: MethodRegistry.aggregators.map(\.name)) func aggregators(_ name: String) throws {
    let entry = try MethodRegistry.aggregator(name)
    var generator = SeededGenerator(seed: 1)
    func use(_ aggregator: inout any GradientAggregator) throws {
      for step in 0..<4 {
        let rows = [[1.0, 0.2, Double(step)], [0.3, -1, 0.5], [0.1, 0.4, 2]]
        let gradients = DenseTaskGradients(rows: .init(rows.flatMap { $0 }, shape: [3, 3]))
        let direction = try aggregator.direction(of: gradients, losses: [1, 2, 0.5], using: &generator)
        let values = direction.array(of: Double.self)
        #expect(values.count == 3 && values.allSatisfy(\.isFinite))
      }
    }
    var aggregator = try entry.make(tasks: Self.tasks)
    try use(&aggregator)
    let state = try aggregator.encodedState()
    for mutation in try mutations(of: state) {
      var restored = try entry.make(tasks: Self.tasks)
      do { try restored.restoreState(mutation, taskCount: 3) } catch {
        #expect(error is MethodError)
        continue
      }
      try use(&restored)
    }
    var same = try entry.make(tasks: Self.tasks)
    try same.restoreState(state, taskCount: 3)
    #expect(try same.encodedState() == state)
  }

  @Test(arguments: MethodRegistry.schedules.map(\.name)) func schedules(_ name: String) throws {
    let entry = try MethodRegistry.schedule(name)
    func use(_ schedule: any UpdateSchedule) throws {
      let problem = TinyProblem()
      let optimizer = MultitaskOptimizer(
        problem.store, method: MultitaskMethod(schedule: schedule), optimizer: SGD(momentum: 0))
      for _ in 0..<3 {
        do { _ = try optimizer.step([problem.objective()], learningRate: 0.01) } catch {
          // The tiny network has no convolutions to be protected.
          #expect(name == "connection-strength" && error is MethodError)
        }
      }
    }
    let problem = TinyProblem()
    let schedule = try entry.make(tasks: Self.tasks, totalSteps: 100)
    let optimizer = MultitaskOptimizer(
      problem.store, method: MultitaskMethod(schedule: schedule), optimizer: SGD(momentum: 0))
    for _ in 0..<3 { _ = try? optimizer.step([problem.objective()], learningRate: 0.01) }
    for mutation in try mutations(of: optimizer.method.schedule.encodedState()) {
      var restored = try entry.make(tasks: Self.tasks, totalSteps: 100)
      do { try restored.restoreState(mutation, taskCount: 3) } catch {
        #expect(error is MethodError)
        continue
      }
      try use(restored)
    }
  }

  @Test func adaptations() throws {
    for entry in MethodRegistry.adaptations {
      var adaptation = try entry.make(tasks: Self.tasks, totalSteps: 100)
      let grown =
        #"{"growth":{"modulatedLayers":[1],"expandedLayers":[0,2],"tokensPerTask":1,"modulation":"affine","keepsTokens":false,"sharesTokens":false}}"#
      let state = entry.name == "dtme" ? Data(grown.utf8) : try adaptation.encodedState()
      try adaptation.restoreState(state, taskCount: 3)
      for mutation in try mutations(of: state) {
        do { try adaptation.restoreState(mutation, taskCount: 3) } catch { #expect(error is MethodError) }
      }
    }
  }

  /// A part that does not fit leaves the whole method as it was.
  @Test func aDamagedPartChangesNothing() throws {
    var method = MultitaskMethod(weighting: UncertaintyWeighting(taskCount: 3), schedule: SelectiveGroups(taskCount: 3))
    let before = try method.encodedState()
    let other = MultitaskMethod(weighting: UncertaintyWeighting(taskCount: 3), schedule: SelectiveGroups(taskCount: 4))
    #expect(throws: MethodError.self) { try method.restoreState(other.encodedState(), taskCount: 3) }
    #expect(throws: MethodError.self) { try method.restoreState(Data("{}".utf8), taskCount: 3) }
    #expect(try method.encodedState() == before)
  }
}
