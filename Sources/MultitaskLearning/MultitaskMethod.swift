import Foundation
import Support
import Torch

/// How a network learns several tasks: four independent choices.
public struct MultitaskMethod: Sendable {
  /// How much each loss counts.
  public var weighting: any LossWeighting
  /// How the tasks' gradients become one.
  public var aggregator: any GradientAggregator
  /// Which tasks update when.
  public var schedule: any UpdateSchedule
  /// How the network changes while it trains.
  public var adaptation: any NetworkAdaptation
  /// What the aggregator's gradients are taken with respect to.
  public var level: GradientLevel
  /// What directions are multiplied by.
  public var scale: MethodScale
  /// The source of every random choice that they make.
  public var generator: SeededGenerator

  /// - Parameters:
  ///   - weighting: how much each loss counts; defaults to once.
  ///   - aggregator: how the tasks' gradients become one; defaults to their sum.
  ///   - schedule: which tasks update when; defaults to all at once.
  ///   - adaptation: how the network changes while it trains; defaults to not at all.
  ///   - level: what the aggregator's gradients are taken with respect to.
  ///   - scale: what directions are multiplied by; defaults to nothing.
  ///   - seed: of every random choice.
  public init(
    weighting: any LossWeighting = EqualWeighting(), aggregator: any GradientAggregator = GradientSum(),
    schedule: any UpdateSchedule = JointSchedule(), adaptation: any NetworkAdaptation = NoAdaptation(),
    level: GradientLevel = .parameters, scale: MethodScale = .native, seed: UInt64 = 0
  ) {
    self.weighting = weighting
    self.aggregator = aggregator
    self.schedule = schedule
    self.adaptation = adaptation
    self.level = level
    self.scale = scale
    generator = SeededGenerator(seed: seed)
  }
}

extension MultitaskMethod {
  /// Whether a step takes a backward pass for each task.
  public var needsEachGradient: Bool { aggregator.need > .weightedSum || weighsByGradients }

  /// How many independent batches a step takes, each of which may be cut into parts.
  public var batchCount: Int { max(aggregator.batchCount, weighting.batchCount) }

  /// Whether the weighting looks at each task's gradient, before the step or after it.
  private var weighsByGradients: Bool { weighting.need > .weightedSum || weighting.weighsByGradients }

  /// Finds parts that do not go together.
  ///
  /// - Parameter names: what errors call the parts, where that is not their types' names.
  /// - Throws: ``MethodError`` that says which, and why.
  public func checkComposition(names: [MethodKind: String] = [:]) throws {
    let weighting = names[.weighting] ?? Self.name(of: weighting)
    let aggregator = names[.aggregator] ?? Self.name(of: aggregator)
    let schedule = names[.schedule] ?? Self.name(of: schedule)
    let adaptation = names[.adaptation] ?? Self.name(of: adaptation)
    for (isWrong, reason) in [
      (
        self.adaptation.givesTasksFeatures && level == .features,
        "\(adaptation) gives tasks features of their own: the level has to be parameters, not features"
      ),
      (
        self.weighting.need > .gramian,
        "\(weighting) needs \(self.weighting.need.phrase), but a step tells a weighting no more than their norms"
      ),
      (
        self.schedule.combinesGradients && !self.aggregator.isPlainSum,
        "\(schedule) combines the tasks' gradients itself: it goes with the aggregator sum, not with \(aggregator)"
      ),
      (
        self.schedule.combinesGradients && level == .features,
        "\(schedule) works on parameters: the level has to be parameters, not features"
      ),
      (
        self.schedule.updatesSubsets && self.aggregator.remembersGradients,
        "\(aggregator) remembers the gradients of all tasks, but \(schedule) updates some of them at a time: take an aggregator without memory, or the schedule joint"
      ),
      (
        self.schedule.updatesSubsets && weighsByGradients,
        "\(weighting) needs all tasks' gradients at once, but \(schedule) updates some tasks at a time: take another weighting, or the schedule joint"
      ),
      (
        self.aggregator.batchCount > 1 && self.weighting.batchCount > 1,
        "\(weighting) and \(aggregator) both take several batches in a step: a method has one of them"
      ),
      (
        self.aggregator.batchCount > 1 && level == .features,
        "\(aggregator) multiplies gradients of different batches, which have different features: the level has to be parameters, not features"
      ),
      (
        self.aggregator.remembersElements && level == .features,
        "\(aggregator) keeps numbers for each element of the gradients, and features have other ones in every batch: the level has to be parameters, not features"
      ),
      (
        self.weighting.weighsByGradients && level == .features,
        "\(weighting) keeps numbers for each element of the gradients, and features have other ones in every batch: the level has to be parameters, not features"
      ),
    ] where isWrong {
      throw MethodError(reason)
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

  /// What has as many elements as the network has parameters: tensors by name, to be saved beside the state.
  public var tensors: [(name: String, tensor: Tensor)] {
    weighting.tensors.map { ("weighting.\($0.name)", $0.tensor) }
      + aggregator.tensors.map { ("aggregator.\($0.name)", $0.tensor) }
  }

  /// Takes the tensors of a method of the same parts, after its state.
  ///
  /// - Parameter tensors: by the names of ``tensors``.
  /// - Throws: ``MethodError`` for tensors that do not fit the state.
  public mutating func restore(tensors: [String: Tensor]) throws {
    func part(_ prefix: String) -> [String: Tensor] {
      Dictionary(
        uniqueKeysWithValues: tensors.filter { $0.key.hasPrefix(prefix) }.map {
          (String($0.key.dropFirst(prefix.count)), $0.value)
        })
    }
    var restored = self
    try restored.weighting.restore(tensors: part("weighting."))
    try restored.aggregator.restore(tensors: part("aggregator."))
    self = restored
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
