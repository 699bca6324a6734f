import Support
import Torch

/// Updates groups of tasks one after another, and forms the groups anew from what the updates did to all tasks.
///
/// For each group in turn: all tasks' losses are computed, those of the group are differentiated, and the shared
/// parameters and the group's own are updated. The losses that the next group's pass finds say what the update did
/// (``AffinityMap``): M groups cost M forward and M backward passes. Training starts with every task alone.
///
/// - Source: the paper on selective task group updates, section 4 and algorithm 1. ``AffinityMap/Convention`` lists where
///   its public code differs; that code also clusters by affinity propagation, updates a single group twice a step, and
///   waits some steps before it groups.
public struct SelectiveGroups: UpdateSchedule {
  /// Where the groups come from.
  public enum Strategy: Sendable, Equatable {
    /// From the affinity map: the method itself.
    case affinity(TaskGrouping)
    /// From the affinity map turned around: tasks together that harm each other.
    case heterogeneous(TaskGrouping)
    /// Every task in a group of its own.
    case alone
    /// All tasks in one group: joint updates.
    case together
    /// New groups of random tasks in each step.
    case random(groupCount: Int)
    case fixed([[Int]])
  }

  /// The order in which groups are updated.
  public enum Order: String, Sendable, CaseIterable {
    /// By their first task.
    case forward
    /// By their first task, the last group first.
    case backward
    /// A new order in each step.
    case random
  }

  /// What was seen of the tasks, and the groups that follow from it.
  public struct State: Codable, Sendable {
    /// The affinities seen so far.
    public internal(set) var affinity: AffinityMap
    /// The groups of the last step.
    public internal(set) var groups: [[Int]]
    var step = 0
  }

  /// Where the groups come from.
  public let strategy: Strategy
  /// The order in which groups are updated.
  public let order: Order
  /// Steps in which the first groups stay.
  public let warmUp: Int
  /// Whether one more forward pass observes what the last group's update did.
  public let observesLastGroup: Bool
  /// What the method has learned.
  public var state: State

  /// Creates the schedule in its first state, in which every task is alone.
  ///
  /// - Parameters:
  ///   - taskCount: the number of tasks, K.
  ///   - strategy: where the groups come from.
  ///   - convention: whether affinities follow the paper or its public code.
  ///   - rate: β, the weight of a new observation in the affinity's average, above 0 and at most 1.
  ///   - order: the order in which groups are updated.
  ///   - warmUp: the number of steps in which the first groups stay, at least 0.
  ///   - observesLastGroup: whether one more forward pass observes what the last group's update did.
  public init(
    taskCount: Int, strategy: Strategy = .affinity(.positive(edge: .mutual, closure: .cliques)),
    convention: AffinityMap.Convention = .paper, rate: Double = 0.001, order: Order = .random, warmUp: Int = 0,
    observesLastGroup: Bool = false
  ) {
    require(taskCount > 0, "SelectiveGroups: \(taskCount) tasks, but at least one is needed")
    require(rate > 0 && rate <= 1, "SelectiveGroups: rate is \(rate), but has to be above 0 and at most 1")
    require(warmUp >= 0, "SelectiveGroups: warmUp is \(warmUp), but has to be at least 0")
    if case .random(let count) = strategy {
      require((1...taskCount).contains(count), "SelectiveGroups: \(count) random groups of \(taskCount) tasks")
    }
    if case .fixed(let groups) = strategy {
      require(
        groups.allSatisfy { !$0.isEmpty } && groups.joined().sorted() == Array(0..<taskCount),
        "SelectiveGroups: the groups \(groups) have to hold each of the tasks 0 to \(taskCount - 1) once")
    }
    self.strategy = strategy
    self.order = order
    self.warmUp = warmUp
    self.observesLastGroup = observesLastGroup
    state = State(
      affinity: AffinityMap(taskCount: taskCount, rate: rate, convention: convention),
      groups: (0..<taskCount).map { [$0] })
  }

  /// Updates may be those of some tasks alone.
  public var updatesSubsets: Bool { true }
  /// The update of a group has the losses of all tasks: those that are not updated show its effect.
  public var passes: UpdatePasses { .jointForEachUpdate }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    state.affinity.fits(self.state.affinity, taskCount: taskCount) && state.step.isStepCount
      && state.groups.allSatisfy { !$0.isEmpty } && state.groups.joined().sorted() == Array(0..<taskCount)
  }

  /// Performs the updates for one batch.
  public mutating func step(_ update: MultitaskUpdate) throws -> StepReport {
    let present = update.presentTasks
    regroup(using: &update.generator)
    let sequence = updateSequence(using: &update.generator)
      .map { $0.filter(present.contains) }.filter { !$0.isEmpty }
    var report: StepReport?
    var previous: (group: [Int], losses: [Double?])?
    for group in sequence {
      let found = try update.differentiate(group, evaluating: present.filter { !group.contains($0) })
      if needsAffinity { try found.losses.requireNonnegative(for: "selective-groups") }
      if let previous { observe(previous, after: found.losses) }
      try update.apply(group)
      previous = (group, found.losses)
      report = report ?? found
    }
    if observesLastGroup, let previous {
      // A loss that is not finite now ends the next step, before it changes anything.
      if let losses = try? update.evaluate(present) {
        observe(previous, after: spread(losses, over: present, count: update.tasks.count))
      }
    }
    state.step += 1
    var result = report!
    result.grouping = StepReport.Grouping(
      groups: state.groups, affinity: state.affinity.values, updateCount: sequence.count)
    update.learnWeights(from: result)
    return result
  }

  private var needsAffinity: Bool {
    switch strategy {
    case .affinity, .heterogeneous: true
    case .alone, .together, .random, .fixed: false
    }
  }

  /// Books what the previous update did. Losses of absent tasks, as those of zero, say nothing.
  private mutating func observe(_ previous: (group: [Int], losses: [Double?]), after: [Double?]) {
    state.affinity.observe(
      group: previous.group, before: previous.losses.orZeros, after: after.orZeros)
  }

  private mutating func regroup(using generator: inout SeededGenerator) {
    guard state.step >= warmUp else { return }
    let tasks = Array(state.affinity.values.indices)
    switch strategy {
    case .affinity(let rule): state.groups = rule.groups(of: state.affinity.values) ?? state.groups
    case .heterogeneous(let rule):
      state.groups = rule.opposedGroups(of: state.affinity.values) ?? state.groups
    case .alone: state.groups = tasks.map { [$0] }
    case .together: state.groups = [tasks]
    case .random(let count): state.groups = Self.randomGroups(of: tasks, count: count, using: &generator)
    case .fixed(let groups): state.groups = groups
    }
  }

  /// As equal in size as can be.
  private static func randomGroups(
    of tasks: [Int], count: Int, using generator: inout SeededGenerator
  ) -> [[Int]] {
    let shuffled = tasks.shuffled(using: &generator)
    let groups = (0..<min(count, tasks.count)).map { group in
      stride(from: group, to: tasks.count, by: min(count, tasks.count)).map { shuffled[$0] }.sorted()
    }
    return groups.sorted { $0[0] < $1[0] }
  }

  private func updateSequence(using generator: inout SeededGenerator) -> [[Int]] {
    // Public code updates a single group twice, which also shows what the first update did. Not where groups are no
    // matter: joint updates are what the method is compared with.
    if state.groups.count == 1 && state.affinity.convention == .publicCode && strategy != .together {
      return state.groups + state.groups
    }
    switch order {
    case .forward: return state.groups
    case .backward: return state.groups.reversed()
    case .random: return state.groups.shuffled(using: &generator)
    }
  }
}

extension SelectiveGroups {
  private enum StrategyName: String, CaseIterable {
    case affinity
    case heterogeneous
    case alone
    case together
    case random
    case fixed
  }

  /// As the registry knows it.
  public static let entry = MethodEntry<any UpdateSchedule>(
    "selective-groups", summary: "Updates groups of tasks that help each other, one group after another.",
    paper: "Selective Task Group Updates for Multi-Task Optimization, ICLR 2025",
    parameters: [
      MethodParameter(
        "convention", .choice(AffinityMap.Convention.allCases.map(\.rawValue)), default: .text("paper"),
        "whose rules hold where the paper's text and its public code differ"),
      MethodParameter("decay", .real(1e-6...1), default: .number(0.001), "weight of a new affinity in the average"),
      MethodParameter(
        "strategy", .choice(StrategyName.allCases.map(\.rawValue)), default: .text("affinity"),
        "where groups come from; all but affinity are ablations"),
      MethodParameter(
        "order", .choice(Order.allCases.map(\.rawValue)), default: .text("random"), "in which groups are updated"),
      MethodParameter(
        "warmUp", .integer(0...1_000_000_000), default: nil,
        "steps before tasks are grouped; 0 by the paper, 100 by its public code"),
      MethodParameter(
        "observesLastGroup", .boolean, default: .text("false"),
        "one more forward pass a step, so that the last group is observed, too"),
      MethodParameter("count", .integer(1...1000), default: .number(2), "groups, for the strategy random"),
      MethodParameter(
        "groups", .taskNumbers(0...1000), default: nil,
        "the number of each task's group, such as {depth: 0, normals: 0, edges: 1}, for the strategy fixed"),
    ] + TaskGrouping.parameters
  ) { settings in
    try settings.requireSeveralTasks()
    let convention: AffinityMap.Convention = settings.choice("convention")
    return SelectiveGroups(
      taskCount: settings.tasks.count, strategy: try strategy(settings, convention), convention: convention,
      rate: settings.number("decay"), order: settings.choice("order"),
      warmUp: settings.optionalInteger("warmUp") ?? (convention == .paper ? 0 : 100),
      observesLastGroup: settings.boolean("observesLastGroup"))
  }

  private static func strategy(
    _ settings: MethodSettings, _ convention: AffinityMap.Convention
  ) throws -> Strategy {
    let rule = TaskGrouping(settings, convention: convention)
    switch settings.choice("strategy", of: StrategyName.self) {
    case .affinity: return .affinity(rule)
    case .heterogeneous: return .heterogeneous(rule)
    case .alone: return .alone
    case .together: return .together
    case .random:
      let count = settings.integer("count")
      guard count <= settings.tasks.count else {
        throw MethodError("selective-groups: 'count' is \(count), but there are only \(settings.tasks.count) tasks")
      }
      return .random(groupCount: count)
    case .fixed:
      let numbers = settings.taskNumbers("groups") ?? [:]
      let missing = settings.tasks.filter { numbers[$0] == nil }
      guard missing.isEmpty else {
        throw MethodError(
          "selective-groups: the strategy fixed needs 'groups' with the number of each task's group, but \(missing.joined(separator: ", ")) have none"
        )
      }
      if let wrong = numbers.sorted(by: { $0.key < $1.key }).first(where: { $0.value != $0.value.rounded() }) {
        throw MethodError(
          "selective-groups: the group of '\(wrong.key)' is \(wrong.value), but has to be a whole number")
      }
      let groups = Dictionary(grouping: settings.tasks.indices) { numbers[settings.tasks[$0]]! }
      return .fixed(groups.values.map { $0.sorted() }.sorted { $0[0] < $1[0] })
    }
  }
}
