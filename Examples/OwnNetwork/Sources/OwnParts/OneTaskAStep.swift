import MultitaskLearning

/// An update schedule: each step updates one task, the next one in turn.
public struct OneTaskAStep: UpdateSchedule {
  public struct State: Codable, Sendable {
    var step = 0
  }

  public var state = State()

  public init() {}

  public var updatesSubsets: Bool { true }

  public func accepts(_ state: State, taskCount: Int) -> Bool { (0..<1 << 40).contains(state.step) }

  public mutating func step(_ update: MultitaskUpdate) throws -> StepReport {
    let present = update.presentTasks
    let task = present[state.step % present.count]
    let report = try update.differentiate([task], evaluating: present.filter { $0 != task })
    try update.apply([task])
    state.step += 1
    return report
  }

  public static let entry = MethodEntry<any UpdateSchedule>(
    "one-task-a-step", summary: "Each step updates one task.", paper: "an example"
  ) { _ in OneTaskAStep() }
}
