import Experiments
import Foundation
import MultitaskLearning
import NeuralNetworks
import Support
import TestSupport
import Testing
import Torch

/// Tasks whose loss was large so far count less: a weighting that learns.
public struct InverseAverage: LossWeighting {
  public struct State: Codable, Sendable {
    var averages: [Double?] = []
  }

  public let rate: Double
  public var state = State()

  public init(rate: Double) { self.rate = rate }

  public func accepts(_ state: State, taskCount: Int) -> Bool {
    [0, taskCount].contains(state.averages.count) && state.averages.allSatisfy { ($0 ?? 1) > 0 && ($0 ?? 1) < 1e30 }
  }

  public func weights(for losses: [Double?], using generator: inout SeededGenerator) throws -> [Double] {
    guard !state.averages.isEmpty else { return losses.map { _ in 1 } }
    return state.averages.map { 1 / ($0 ?? 1) }
  }

  public mutating func update(losses: [Double?]) {
    if state.averages.isEmpty { state.averages = losses.map { _ in nil } }
    for (task, loss) in losses.enumerated() {
      guard let loss else { continue }
      state.averages[task] = state.averages[task].map { (1 - rate) * $0 + rate * loss } ?? loss
    }
  }

  public static let entry = MethodEntry<any LossWeighting>(
    "inverse-average", summary: "Tasks whose loss was large so far count less.", paper: "not published",
    parameters: [MethodParameter("rate", .real(0...1), default: .number(0.1), "weight of a new loss in the average")]
  ) { settings in
    try settings.requireSeveralTasks()
    return InverseAverage(rate: settings.number("rate"))
  }
}

/// Two halves of the tasks, updated one after the other.
public struct HalvesSchedule: UpdateSchedule {
  public init() {}

  public var updatesSubsets: Bool { true }

  public func step(_ update: MultitaskUpdate) throws -> StepReport {
    let present = update.presentTasks
    let halves = [present.prefix(present.count / 2), present.suffix(present.count - present.count / 2)]
      .map(Array.init).filter { !$0.isEmpty }
    var report: StepReport?
    for half in halves {
      let found = try update.differentiate(half, evaluating: present.filter { !half.contains($0) })
      try update.apply(half)
      report = report ?? found
    }
    var result = report ?? update.emptyReport
    let affinity = update.tasks.map { _ in update.tasks.map { _ in 0.0 } }
    result.grouping = StepReport.Grouping(groups: halves, affinity: affinity, updateCount: halves.count)
    update.learnWeights(from: result)
    return result
  }

  public static let entry = MethodEntry<any UpdateSchedule>(
    "halves", summary: "Two halves of the tasks, one after the other.", paper: "not published"
  ) { _ in HalvesSchedule() }
}

/// Parts of a method of one's own, registered and trained, by what is public alone.
@Suite struct OwnPartsTests {
  /// In a process of its own: what is registered stays.
  @Test func ownPartsAreKnownAndTrained() async {
    await #expect(processExitsWith: .success) {
      try MethodRegistry.weightings.add(InverseAverage.entry)
      try MethodRegistry.aggregators.add(UnitGradients.entry)
      try MethodRegistry.schedules.add(HalvesSchedule.entry)

      let overview = MethodCatalogue.overview
      try #require(["inverse-average", "unit", "halves"].allSatisfy(overview.contains))
      let description = try MethodCatalogue.description(of: "inverse-average+unit")
      try #require(description.contains("rate: weight of a new loss in the average"))
      try #require(try MethodRegistry.kind(of: "halves") == .schedule)
      var configuration = Configuration()
      try configuration.apply(method: "inverse-average+unit+halves")
      let method = try ResolvedConfiguration(configuration).method
      try #require(method.needsEachGradient && method.schedule.updatesSubsets)

      let network = Network()
      let generator = RandomGenerator(seed: 1)
      let objective = Objective(
        network: network, input: generator.normal([8, 16]),
        targets: [generator.normal([8, 1]), generator.normal([8, 3])])
      let optimizer = MultitaskOptimizer(network.store, method: method, optimizer: Adam())
      let reports = try (0..<30).map { _ in try optimizer.step([objective], learningRate: 1e-2) }
      let (first, last) = (reports[0].losses.compactMap { $0 }, reports[29].losses.compactMap { $0 })
      try #require(first.count == 2 && last.count == 2 && zip(first, last).allSatisfy { $1 < $0 })
      try #require(reports[29].grouping?.groups == [[0], [1]] && reports[29].lossWeights != [1, 1])

      // What they have learned goes into a checkpoint, and comes back.
      var restored = try ResolvedConfiguration(configuration).method
      try restored.restoreState(optimizer.method.encodedState(), taskCount: 2)
      try #require(try restored.encodedState() == optimizer.method.encodedState())
    }
  }

  @Test func aSecondRegistrationOfANameIsAnError() throws {
    let taken = MethodEntry<any LossWeighting>("pcgrad", summary: "", paper: "") { _ in EqualWeighting() }
    #expect { try MethodRegistry.weightings.add(taken) } throws: {
      "\($0)" == "the name 'pcgrad' is taken by another gradient aggregator: the second entry needs another name"
    }
    #expect { try MethodRegistry.schedules.add(JointSchedule.entry) } throws: {
      "\($0)".contains("the name 'joint' is taken by another update schedule")
    }
    #expect(try MethodRegistry.weighting("uw").name == "uw")
  }
}
