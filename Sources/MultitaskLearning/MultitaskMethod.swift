import Foundation
import Support
import Torch

/// How a network learns several tasks: four independent choices.
public struct MultitaskMethod: Sendable {
  public var weighting: any LossWeighting
  public var aggregator: any GradientAggregator
  public var schedule: any UpdateSchedule
  /// How the network changes while it trains.
  public var adaptation: any NetworkAdaptation
  /// What the aggregator's gradients are taken with respect to.
  public var level: GradientLevel
  /// The source of every random choice that they make.
  public var generator: SeededGenerator

  public init(
    weighting: any LossWeighting = EqualWeighting(), aggregator: any GradientAggregator = GradientSum(),
    schedule: any UpdateSchedule = JointSchedule(), adaptation: any NetworkAdaptation = NoAdaptation(),
    level: GradientLevel = .parameters, seed: UInt64 = 0
  ) {
    self.weighting = weighting
    self.aggregator = aggregator
    self.schedule = schedule
    self.adaptation = adaptation
    self.level = level
    generator = SeededGenerator(seed: seed)
  }
}

extension MultitaskMethod {
  /// Whether a step takes a backward pass for each task.
  public var needsEachGradient: Bool { max(aggregator.need, weighting.need) > .weightedSum }

  /// Finds parts that do not go together.
  ///
  /// - Parameter names: what errors call the parts, where that is not their types' names.
  /// - Throws: ``MethodError`` that says which, and why.
  public func checkComposition(names: [MethodKind: String] = [:]) throws {
    let weightingName = names[.weighting] ?? Self.name(of: weighting)
    let aggregatorName = names[.aggregator] ?? Self.name(of: aggregator)
    let scheduleName = names[.schedule] ?? Self.name(of: schedule)
    if adaptation.givesTasksFeatures && level == .features {
      throw MethodError(
        "the network adaptation (dtme) gives tasks features of their own: method.level has to be parameters")
    }
    guard weighting.need <= .gramian else {
      throw MethodError(
        "\(weightingName) needs more of the gradients than their norms, which no step tells a weighting")
    }
    guard schedule.updatesSubsets else { return }
    if schedule.needsNormalizedConvolutions && !(aggregator is GradientSum) {
      throw MethodError(
        "\(scheduleName) combines the tasks' gradients itself: it goes with the aggregator sum, not with \(aggregatorName)"
      )
    }
    if schedule.needsNormalizedConvolutions && level == .features {
      throw MethodError("\(scheduleName) works on parameters: no features are shared")
    }
    if !(aggregator.state is Stateless) {
      throw MethodError(
        "\(aggregatorName) remembers the gradients of all tasks, but \(scheduleName) updates some of them at a time: take an aggregator without memory, or the schedule joint"
      )
    }
    if weighting.need > .weightedSum {
      throw MethodError(
        "\(weightingName) needs all tasks' gradients at once, but \(scheduleName) updates some tasks at a time: take another weighting, or the schedule joint"
      )
    }
  }

  private static func name(of part: Any) -> String { "\(type(of: part))" }

  private struct Encoded: Codable {
    var weighting: Data
    var aggregator: Data
    var schedule: Data
    var adaptation: Data
    var generator: SeededGenerator
  }

  /// Everything the method has learned, for a checkpoint.
  public func encodedState() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(
      Encoded(
        weighting: weighting.encodedState(), aggregator: aggregator.encodedState(),
        schedule: schedule.encodedState(), adaptation: adaptation.encodedState(), generator: generator))
  }

  /// Takes the adaptation's part of a state alone: how the network has changed.
  ///
  /// - Throws: ``MethodError`` for a state of another adaptation, or a damaged one.
  public mutating func restoreAdaptation(_ data: Data, taskCount: Int) throws {
    struct Part: Decodable { var adaptation: Data? }
    guard let part = try? JSONDecoder().decode(Part.self, from: data) else {
      throw MethodError("this is no state of a method")
    }
    if let state = part.adaptation { try adaptation.restoreState(state, taskCount: taskCount) }
  }

  /// Takes what a method of the same parts had learned.
  ///
  /// - Throws: ``MethodError`` for a state of other parts, of another number of tasks, or a damaged one.
  public mutating func restoreState(_ data: Data, taskCount: Int) throws {
    guard let encoded = try? JSONDecoder().decode(Encoded.self, from: data) else {
      throw MethodError("this is no state of a method")
    }
    var restored = self
    try restored.weighting.restoreState(encoded.weighting, taskCount: taskCount)
    try restored.aggregator.restoreState(encoded.aggregator, taskCount: taskCount)
    try restored.schedule.restoreState(encoded.schedule, taskCount: taskCount)
    try restored.adaptation.restoreState(encoded.adaptation, taskCount: taskCount)
    restored.generator = encoded.generator
    self = restored
  }
}
