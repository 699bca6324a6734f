import NeuralNetworks
import Support
import Torch

/// Learns which channels of shared convolutions belong to which task, then protects that priority in the gradients.
///
/// Every task has batch normalizations of its own. *Phase 1* updates tasks one after another, which lets their
/// connections to the channels grow apart; *phase 2* updates all at once, and each channel's priority task
/// (``ChannelPriority``) is protected from the others' gradients. Each epoch draws which of them it is: phase 1 at first,
/// phase 2 more and more often.
///
/// - Source: the paper on connection strength, section 3 and algorithm 1: an epoch e of E is of phase 1 if p ≥ e / E, with
///   p uniform from 0 to 1.
public struct ConnectionStrength: UpdateSchedule {
  /// Which phase an epoch has.
  public enum Mixture: String, Sendable, CaseIterable {
    /// Drawn, as the method has it.
    case mixed
    /// Phase 1 in every epoch.
    case phase1
    /// Phase 2 in every epoch.
    case phase2
    /// Phase 1 in the first half, phase 2 in the second.
    case sequential
  }

  /// Where the training is.
  public struct State: Codable, Sendable {
    var step = 0
    /// Whether the epoch is of phase 2.
    public internal(set) var isPhase2 = false
    var alternating = AlternatingSchedule.State()
  }

  /// Which phase an epoch has.
  public let mixture: Mixture
  /// Steps in an epoch.
  public let epoch: Int
  /// Epochs in the training: E.
  public let epochCount: Int
  /// What the method has learned.
  public var state = State()

  static let epochs = 1...1_000_000_000

  /// - Parameters:
  ///   - mixture: which phase an epoch has.
  ///   - epoch: steps in an epoch, at least 1.
  ///   - epochCount: epochs in the training, at least 1.
  public init(mixture: Mixture = .mixed, epoch: Int, epochCount: Int) {
    require(
      Self.epochs.contains(epoch) && Self.epochs.contains(epochCount),
      "ConnectionStrength: \(epochCount) epochs of \(epoch) steps, but both have to be at least 1")
    self.mixture = mixture
    self.epoch = epoch
    self.epochCount = epochCount
  }

  /// Updates may be those of some tasks alone.
  public var updatesSubsets: Bool { true }
  /// Phase 2 combines the gradients itself.
  public var combinesGradients: Bool { true }
  /// Priorities are those of normalized convolutions.
  public var needsNormalizedConvolutions: Bool { true }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    state.step.isStepCount && AlternatingSchedule().accepts(state.alternating, taskCount: taskCount)
  }

  /// Performs the updates for one batch.
  public mutating func step(_ update: MultitaskUpdate) throws -> StepReport {
    if state.step % epoch == 0 { beginEpoch(state.step / epoch, using: &update.generator) }
    state.step += 1
    return state.isPhase2 ? try protectedStep(update) : try alternatingStep(update)
  }

  private mutating func beginEpoch(_ number: Int, using generator: inout SeededGenerator) {
    let progress = Double(number) / Double(max(1, epochCount))
    switch mixture {
    case .mixed: state.isPhase2 = Double.random(in: 0..<1, using: &generator) < progress
    case .phase1: state.isPhase2 = false
    case .phase2: state.isPhase2 = true
    case .sequential: state.isPhase2 = progress >= 0.5
    }
  }

  private mutating func alternatingStep(_ update: MultitaskUpdate) throws -> StepReport {
    var alternating = AlternatingSchedule()
    alternating.state = state.alternating
    defer { state.alternating = alternating.state }
    return try alternating.step(update)
  }

  private mutating func protectedStep(_ update: MultitaskUpdate) throws -> StepReport {
    let priorities = try Self.priorities(update)
    let aggregator = update.aggregator
    update.aggregator = ChannelProjection(priorities: priorities)
    defer { update.aggregator = aggregator }
    var report = try update.differentiate(update.presentTasks)
    try update.apply(update.presentTasks)
    report.channelPriorities = priorities
    if state.alternating.losses.isEmpty { state.alternating.losses = report.losses }
    for task in update.presentTasks { state.alternating.losses[task] = report.losses[task] }
    update.learnWeights(from: report)
    return report
  }

  /// The priority task of each channel, by the weight's name.
  static func priorities(_ update: MultitaskUpdate) throws -> [String: [Int]] {
    guard let objective = update.objectives[0] as? any ConvolutionSharing, !objective.normalizedConvolutions.isEmpty
    else {
      throw MethodError(
        "connection-strength needs a network that shares convolutions and normalizes them for each task apart")
    }
    return Dictionary(
      uniqueKeysWithValues: objective.normalizedConvolutions.map {
        ($0.weight.name, ChannelPriority.tasks(of: $0, among: update.tasks))
      })
  }
}

extension ConnectionStrength {
  /// As the registry knows it.
  public static let entry = MethodEntry<any UpdateSchedule>(
    "connection-strength",
    summary: "Learns which channel belongs to which task, then protects that priority; needs normalization by task.",
    paper: "Achieving Task Priority in Multi-Task Learning by Connection Strength, CVPR 2024",
    parameters: [
      MethodParameter(
        "mixture", .choice(Mixture.allCases.map(\.rawValue)), default: .text("mixed"),
        "the phase of each epoch; all but mixed are ablations"),
      MethodParameter(
        "epoch", .integer(epochs), default: nil, "steps in an epoch; a twentieth of the training when left out"),
      MethodParameter(
        "epochs", .integer(epochs), default: nil, "epochs in the training; from its steps when left out"),
    ]
  ) { settings in
    try settings.requireSeveralTasks()
    let mixture: Mixture = settings.choice("mixture")
    // A training of unknown length is twenty epochs of a hundred steps.
    let total = max(1, settings.totalSteps ?? 2000)
    let epoch = settings.optionalInteger("epoch") ?? max(1, total / 20)
    let wantedEpochs = settings.optionalInteger("epochs")
    let epochs = wantedEpochs ?? (total - 1) / epoch + 1
    guard epochs > 1 || mixture == .phase1 || mixture == .phase2 else {
      let cause =
        wantedEpochs != nil
        ? "'epochs' is 1"
        : "the training of \(total) steps has one epoch of \(epoch) steps ('epoch' makes them shorter)"
      throw MethodError("connection-strength: \(cause), but both phases need two epochs at least")
    }
    guard Self.epochs.contains(epoch), Self.epochs.contains(epochs) else {
      throw MethodError(
        "connection-strength: \(total) steps are \(epochs) epochs of \(epoch) steps, but both have to be from \(Self.epochs.lowerBound) to \(Self.epochs.upperBound)"
      )
    }
    return ConnectionStrength(mixture: mixture, epoch: epoch, epochCount: epochs)
  }
}
