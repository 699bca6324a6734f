import Torch

/// Tasks one after another, a forward pass and an update each.
///
/// The loss weights of a turn come from the task's fresh loss beside the last known ones of the others; those are
/// computed once, before the first step.
public struct AlternatingSchedule: UpdateSchedule {
  public enum Order: String, Sendable, CaseIterable {
    case forward
    case random
  }

  public struct State: Codable, Sendable {
    /// Of every task, when it was last updated; empty before the first step.
    var losses: [Double] = []
  }

  public var order: Order
  public var state = State()

  public init(order: Order = .forward) { self.order = order }

  public var updatesSubsets: Bool { true }

  public mutating func step(_ update: MultitaskUpdate) throws -> StepReport {
    let all = Array(update.tasks.indices)
    if state.losses.isEmpty { state.losses = try update.evaluate(all) }
    var report = StepReport(losses: state.losses, lossWeights: all.map { _ in 0 })
    for task in order == .forward ? all : all.shuffled(using: &update.generator) {
      let found = try update.differentiate([task], estimates: state.losses)
      try update.apply([task])
      state.losses[task] = found.losses[task]
      report.losses[task] = found.losses[task]
      report.lossWeights[task] = found.lossWeights[task]
    }
    try update.learnWeights(from: report)
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
