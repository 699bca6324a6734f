import MultitaskLearning
import Support
import Testing

/// A task without labels in a step: methods see the other tasks as if it did not exist, and keep what they know of it.
@Suite struct AbsentTaskTests {
  private static let names = ["a", "b", "c"]
  /// Weightings that may let the loss of a task rise that is ahead of the others.
  private static let signed = ["pbi", "cosmos"]

  private func weighting(_ name: String, tasks: [String]) throws -> any LossWeighting {
    let settings: [String: [String: MethodSetting]] = [
      "manual": ["weights": .numbers(["a": 1, "b": 2, "c": 0.5].filter { tasks.contains($0.key) })],
      "dwa": ["epoch": .number(2)],
    ]
    return try MethodRegistry.weighting(name).make(settings[name] ?? [:], tasks: tasks)
  }

  /// What a step does with a weighting.
  private func step(
    _ weighting: inout any LossWeighting, _ losses: [Double?], _ norms: [Double?], _ generator: inout SeededGenerator
  ) throws -> [Double] {
    let weights = try weighting.weights(for: losses, using: &generator)
    if weighting.need > .weightedSum { weighting.update(losses: losses, gradientNorms: norms) }
    weighting.update(losses: losses)
    if weighting.observesUpdates { weighting.update(before: losses, after: losses.map { $0.map { $0 * 0.9 } }) }
    return weights
  }

  private func losses(_ step: Int) -> [Double] {
    [1.3 - 0.1 * Double(step), 0.2 + 0.05 * Double(step), 4 / Double(step + 2)]
  }
  private func norms(_ step: Int) -> [Double] { [0.5, 2 / Double(step + 1), 1.1] }

  @Test(arguments: MethodRegistry.weightings.map(\.name))
  func weightingsSeeThePresentTasks(_ name: String) throws {
    var (three, two) = (try weighting(name, tasks: Self.names), try weighting(name, tasks: ["a", "c"]))
    var (generator, other) = (SeededGenerator(seed: 4), SeededGenerator(seed: 4))
    for number in 0..<7 {
      let (l, n) = (losses(number), norms(number))
      let found = try step(&three, [l[0], nil, l[2]], [n[0], nil, n[2]], &generator)
      let expected = try step(&two, [l[0], l[2]], [n[0], n[2]], &other)
      #expect(found.count == 3 && expected.count == 2)
      #expect(abs(found[0] - expected[0]) < 1e-12 && abs(found[2] - expected[1]) < 1e-12, "step \(number)")
    }
  }

  @Test(arguments: MethodRegistry.weightings.map(\.name))
  func weightingsKeepWhatTheyKnowOfAnAbsentTask(_ name: String) throws {
    var weighting = try weighting(name, tasks: Self.names)
    var generator = SeededGenerator(seed: 4)
    for number in 0..<4 { _ = try step(&weighting, losses(number), norms(number), &generator) }
    let before = try task1(of: weighting)
    for number in 4..<7 {
      let (l, n) = (losses(number), norms(number))
      let weights = try step(&weighting, [l[0], nil, l[2]], [n[0], nil, n[2]], &generator)
      #expect(weights.count == 3 && weights.allSatisfy(\.isFinite))
    }
    #expect(try task1(of: weighting) == before)
    let weights = try step(&weighting, losses(7), norms(7), &generator)
    #expect(weights.count == 3 && weights.allSatisfy { $0.isFinite && ($0 > 0 || Self.signed.contains(name)) })
  }

  /// What a weighting keeps of the second task; nil where it keeps nothing by task.
  private func task1(of weighting: any LossWeighting) throws -> Double? {
    switch weighting {
    case let weighting as UncertaintyWeighting: weighting.state.logVariances[1]
    case let weighting as IMTLL: weighting.state.logScales[1]
    case let weighting as GradNorm: weighting.state.weights[1]
    case let weighting as DynamicTaskPrioritization: weighting.state.averages[1]
    default: nil
    }
  }

  @Test(arguments: MethodRegistry.aggregators.filter { try! $0.make(tasks: names).need <= .gramian }.map(\.name))
  func aggregatorsSeeThePresentTasks(_ name: String) throws {
    func contexts(_ tasks: [Int], _ count: Int, _ losses: [Double]) -> AggregationContext {
      AggregationContext(tasks: tasks, taskCount: count, losses: losses, generator: SeededGenerator(seed: 9))
    }
    func weights(
      _ aggregator: inout any GradientAggregator, _ rows: [[Double]], _ context: AggregationContext
    ) throws -> [Double] {
      var context = context
      return try aggregator.weights(forInnerProducts: Gramian(rows: rows), &context).elements
    }
    var (three, two) = (
      try MethodRegistry.aggregator(name).make(tasks: Self.names),
      try MethodRegistry.aggregator(name).make(tasks: ["a", "c"])
    )
    var generator = SeededGenerator(seed: 5)
    for number in 0..<5 {
      let rows = (0..<2).map { _ in (0..<4).map { _ in Double.random(in: -1...1, using: &generator) } }
      let losses = [1.1, 0.3 + 0.1 * Double(number)]
      let found = try weights(&three, rows, contexts([0, 2], 3, losses))
      let expected = try weights(&two, rows, contexts([0, 1], 2, losses))
      #expect(found.count == 2 && found == expected, "step \(number)")
    }
    // Then all tasks, and the one that was absent begins.
    let rows = (0..<3).map { _ in (0..<4).map { _ in Double.random(in: -1...1, using: &generator) } }
    let all = try weights(&three, rows, contexts([0, 1, 2], 3, [1, 1, 1]))
    #expect(all.count == 3 && all.allSatisfy(\.isFinite))
  }

  @Test func lossesOfZeroAreNoReasonToEnd() throws {
    var generator = SeededGenerator(seed: 1)
    for entry in MethodRegistry.weightings {
      var weighting = try weighting(entry.name, tasks: Self.names)
      for number in 0..<6 {
        let weights = try step(&weighting, [0, losses(number)[1], 0.5], [0, 1, 1], &generator)
        #expect(
          weights.count == 3 && weights.allSatisfy { $0.isFinite && ($0 >= 0 || Self.signed.contains(entry.name)) },
          "\(entry.name): \(weights)")
      }
    }
  }
}
