/// Tasks one after another, a forward pass and an update each.
///
/// The loss weights of a turn come from the task's fresh loss beside the last known ones of the others; those are
/// computed once, before the first step.
public struct AlternatingSchedule: UpdateSchedule {
  /// The order of the tasks within a step.
  public enum Order: String, Sendable, CaseIterable {
    /// The order of the network's tasks.
    case forward
    /// A new order in each step.
    case random
  }

  /// The last known losses.
  public struct State: Codable, Sendable {
    /// Of every task, when it was last updated; nil for a task that had no labels so far, empty before the first step.
    var losses: [Double?] = []
  }

  /// The order of the tasks within a step.
  public var order: Order
  /// What the method has learned.
  public var state = State()

  /// - Parameter order: the order of the tasks within a step.
  public init(order: Order = .forward) { self.order = order }

  /// Updates may be those of some tasks alone.
  public var updatesSubsets: Bool { true }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    [0, taskCount].contains(state.losses.count) && state.losses.compactMap { $0 }.areModerate
  }

  /// Performs the updates for one batch.
  public mutating func step(_ update: MultitaskUpdate) throws -> StepReport {
    let present = update.presentTasks
    if state.losses.isEmpty { state.losses = update.tasks.map { _ in nil } }
    let unknown = present.filter { state.losses[$0] == nil }
    for (task, loss) in zip(unknown, try update.evaluate(unknown)) { state.losses[task] = loss }
    var report = update.emptyReport
    for task in order == .forward ? present : present.shuffled(using: &update.generator) {
      let found = try update.differentiate([task], estimates: state.losses)
      try update.apply([task])
      state.losses[task] = found.losses[task]
      report.losses[task] = found.losses[task]
      report.lossWeights[task] = found.lossWeights[task]
    }
    update.learnWeights(from: report)
    return report
  }
}

extension AlternatingSchedule {
  /// As the registry knows it.
  public static let entry = MethodEntry<any UpdateSchedule>(
    "alternating", summary: "Tasks one after another, an update each.", paper: "the usual way without joint losses",
    parameters: [
      MethodParameter(
        "order", .choice(Order.allCases.map(\.rawValue)), default: .text("forward"), "of the tasks within a step")
    ]
  ) { settings in AlternatingSchedule(order: settings.choice("order")) }
}
