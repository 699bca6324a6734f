import Foundation
import Support

/// The largest loss counts, as smoothly as μ says: a small μ looks at the worst task alone, a large one at all.
///
/// In the published form the total is `μ log Σ exp(λ_i (L_i − z*_i) / μ)`. In the form of the authors' code for many tasks,
/// losses are compared on a logarithmic scale with what they were: the total is `Σ log L_i` while the network warms up,
/// then `K μ log Σ exp(log(L_i / n_i) / μ)`, n being the mean of the losses over the last epoch of the warm-up. There, a
/// loss of exactly zero is left out. Totals are computed without overflow.
///
/// - Source: Lin et al., *Smooth Tchebycheff Scalarization for Multi-Objective Optimization*, ICML 2024, equation 7; the
///   logarithmic form is that of its code.
public struct SmoothTchebycheff: LossWeighting {
  /// What the total is.
  public enum Form: String, Sendable, CaseIterable {
    /// The published one.
    case plain
    /// That of the authors' code for many tasks.
    case log
  }

  /// The mean losses of the last epoch of the warm-up, as far as it has come.
  public struct State: Codable, Sendable {
    var step = 0
    /// Of the last epoch of the warm-up: for each task the sum of its losses, and in how many steps it had one.
    var sums: [Double] = []
    var counts: [Int] = []
    /// n of each task, which begins with the task's first loss after the warm-up where it had none in that epoch; nil
    /// before that.
    var nadir = FirstLosses()
  }

  /// How smooth the maximum is, μ.
  public let mu: Double
  /// What the total is.
  public let form: Form
  /// z*, one for each task: what the losses are compared with in the published form.
  public let reference: [Double]
  /// The number of the last epoch of the warm-up, from 0.
  public let warmupEpoch: Int
  /// Steps in an epoch.
  public let epoch: Int
  /// What the method has learned.
  public var state = State()
  private let taskPreference: TaskPreference

  /// λ, how much each task counts in the published form: one positive number for each task; nil for 1/K.
  public var preference: [Double]? { taskPreference.numbers }

  static let smoothnesses = 1e-6...1e6
  static let references = -1e30...1e30
  static let warmups = 0...1_000_000
  static let epochs = 1...1_000_000_000

  /// - Parameters:
  ///   - mu: how smooth the maximum is, from a millionth to a million.
  ///   - form: what the total is.
  ///   - preference: λ of the published form, one positive number for each task; nil for 1/K.
  ///   - reference: z* of the published form, one number for each task; an empty list for zeros.
  ///   - warmupEpoch: the number of the last epoch of the warm-up, from 0.
  ///   - epoch: steps in an epoch, at least 1.
  public init(
    mu: Double = 1, form: Form = .log, preference: [Double]? = nil, reference: [Double] = [], warmupEpoch: Int = 4,
    epoch: Int = 100
  ) {
    require(Self.smoothnesses.contains(mu), "SmoothTchebycheff: mu is \(mu), but has to be in \(Self.smoothnesses)")
    require(
      reference.allSatisfy(Self.references.contains),
      "SmoothTchebycheff: the reference \(reference) has to be in \(Self.references)")
    require(
      Self.warmups.contains(warmupEpoch),
      "SmoothTchebycheff: warmupEpoch is \(warmupEpoch), but has to be in \(Self.warmups)")
    require(Self.epochs.contains(epoch), "SmoothTchebycheff: an epoch of \(epoch) steps has to be one of at least 1")
    self.mu = mu
    self.form = form
    self.reference = reference
    self.warmupEpoch = warmupEpoch
    self.epoch = epoch
    taskPreference = TaskPreference(preference, of: "SmoothTchebycheff")
  }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    state.step.isStepCount && state.sums.count == state.counts.count && [0, taskCount].contains(state.sums.count)
      && state.sums.areModerate && state.counts.allSatisfy(\.isStepCount)
      && state.nadir.fits(taskCount: taskCount)
  }

  /// The weight of each loss.
  public func weights(for losses: [Double?], using generator: inout SeededGenerator) throws -> [Double] {
    form == .plain ? plainWeights(losses) : try logarithmicWeights(losses)
  }

  private func plainWeights(_ losses: [Double?]) -> [Double] {
    let present = losses.present
    let preference = taskPreference.vector(of: present, amongTasks: losses.count, default: 1 / Double(present.count))
    let distances = present.map { losses[$0]! - (reference.isEmpty ? 0 : reference[$0]) }
    let exponents = zip(preference, distances).map { $0 * $1 / mu }
    return spread(preference * softmax(exponents), over: present, count: losses.count).orZeros
  }

  private func logarithmicWeights(_ losses: [Double?]) throws -> [Double] {
    try losses.requireNonnegative(for: "stch")
    let counted = losses.present.filter { losses[$0]! > 0 }
    guard isWarm else { return losses.map { loss in loss.map { $0 > 0 ? 1 / $0 : 0 } ?? 0 } }
    let exponents = counted.map { task in
      state.nadir[task].map { (Foundation.log(losses[task]!) - Foundation.log($0)) / mu } ?? 0
    }
    let fractions = Double(counted.count) * softmax(exponents)
    let weights = zip(fractions, counted).map { $0 / losses[$1]! }
    return spread(weights, over: counted, count: losses.count).orZeros
  }

  /// Whether the warm-up is over.
  private var isWarm: Bool { state.step / epoch > warmupEpoch }

  /// Learns from the losses of a step.
  public mutating func update(losses: [Double?]) {
    guard form == .log else { return }
    if isWarm {
      state.nadir.note(losses)
    } else if state.step / epoch == warmupEpoch {
      sum(losses)
    }
    state.step += 1
  }

  /// Adds the losses of a step in the last epoch of the warm-up; their means are known with its last step.
  private mutating func sum(_ losses: [Double?]) {
    add(losses, to: &state.sums, counts: &state.counts)
    guard state.step % epoch == epoch - 1 else { return }
    state.nadir = FirstLosses(zip(state.sums, state.counts).map { $0 > 0 ? $0 / Double($1) : nil })
    (state.sums, state.counts) = ([], [])
  }
}

extension SmoothTchebycheff {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "stch", summary: "A smooth maximum of the losses.",
    paper: "Lin et al., Smooth Tchebycheff Scalarization for Multi-Objective Optimization, ICML 2024",
    parameters: [
      MethodParameter("mu", .real(smoothnesses), default: .number(1), "smoothness of the maximum"),
      MethodParameter(
        "form", .choice(Form.allCases.map(\.rawValue)), default: .text("log"),
        "as published, or on the logarithmic scale of the authors' code for many tasks"),
      TaskPreference.entry(defaultingTo: "1/K"),
      MethodParameter(
        "reference", .taskNumbers(references), default: nil,
        "what losses are compared with in the plain form; 0 when left out"),
      MethodParameter(
        "warmupEpoch", .integer(warmups), default: .number(4),
        "number of the last epoch of the warm-up, from 0, over which losses are averaged in the logarithmic form"),
      MethodParameter("epoch", .integer(epochs), default: .number(100), "steps in an epoch"),
    ]
  ) { settings in
    let reference = settings.taskNumbers("reference")
    return SmoothTchebycheff(
      mu: settings.number("mu"), form: settings.choice("form"), preference: try TaskPreference.numbers(settings),
      reference: reference.map { numbers in settings.tasks.map { numbers[$0] ?? 0 } } ?? [],
      warmupEpoch: settings.integer("warmupEpoch"), epoch: settings.integer("epoch"))
  }
}
