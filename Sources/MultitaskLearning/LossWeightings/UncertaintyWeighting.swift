import Foundation
import Support

/// Each loss is divided by a variance that is learned with the network: noisy tasks count less.
///
/// With `s = log σ²` the total is `Σ a L e^(−s) + b s`; the weights are `a e^(−s)`, and `s` follows its gradient
/// `b − a L e^(−s)`.
///
/// - Source: Kendall et al., *Multi-Task Learning Using Uncertainty to Weigh Losses*, CVPR 2018, section 3.2. The
///   paper's regression form is ``Form/half``; public code differs in the factors, hence the forms.
public struct UncertaintyWeighting: LossWeighting {
  /// The factors a and b.
  public enum Form: String, Sendable, CaseIterable {
    /// a = b = 1.
    case full
    /// a = b = ½.
    case half
    /// a = 1, b = ½.
    case halfLogarithm

    package var lossFactor: Double { self == .half ? 0.5 : 1 }
    package var logarithmFactor: Double { self == .full ? 1 : 0.5 }
  }

  /// The uncertainties, and their optimizer.
  public struct State: Codable, Sendable {
    /// The logarithm s of each task's variance.
    public internal(set) var logVariances: [Double]
    var optimizer: ScalarOptimizer
  }

  /// The factors a and b.
  public let form: Form
  /// The factor a of each task.
  public let lossFactors: [Double]
  /// What the method has learned.
  public var state: State
  private let initial: Double

  static let initials = -20.0...20.0
  static let factors = 0.0...1000.0

  /// - Parameters:
  ///   - taskCount: the number of tasks, K.
  ///   - form: the factors a and b.
  ///   - lossFactors: from 0 to 1000, one for each task; default to the form's. The paper's mixed form has ½ for tasks of
  ///     regression and 1 for those of classification.
  ///   - initial: the log variance at the start, from −20 to 20.
  ///   - optimizer: trains the log variances.
  public init(
    taskCount: Int, form: Form = .full, lossFactors: [Double]? = nil, initial: Double = 0,
    optimizer: ScalarOptimizer = ScalarOptimizer(.adam, learningRate: 0.01)
  ) {
    require(taskCount > 0, "UncertaintyWeighting: \(taskCount) tasks, but at least one is needed")
    require(
      Self.initials.contains(initial), "UncertaintyWeighting: initial is \(initial), but has to be in \(Self.initials)")
    require(
      lossFactors.map { $0.count == taskCount && $0.allSatisfy(Self.factors.contains) } ?? true,
      "UncertaintyWeighting: the loss factors \(lossFactors ?? []) have to be \(taskCount) numbers in \(Self.factors)")
    self.form = form
    self.lossFactors = lossFactors ?? [Double](repeating: form.lossFactor, count: taskCount)
    self.initial = initial
    state = State(logVariances: [Double](repeating: initial, count: taskCount), optimizer: optimizer)
  }

  /// The weights do not depend on the losses of the step.
  public var weighsByLosses: Bool { false }

  /// The weight of each loss.
  public func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] {
    zip(lossFactors, state.logVariances).map { $0 * exp(-$1) }
  }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    state.logVariances.count == taskCount && state.logVariances.areLogarithms
      && state.optimizer.fits(self.state.optimizer, count: taskCount)
  }

  /// Learns from the losses of a step.
  public mutating func update(losses: [Double?]) {
    let gradient = state.logVariances.indices.map { task in
      losses[task].map { form.logarithmFactor - lossFactors[task] * $0 * exp(-state.logVariances[task]) }
    }
    state.optimizer.update(&state.logVariances, gradient: gradient)
    state.logVariances = state.logVariances.map(\.boundedLogarithm)
  }

  /// What the weights begin with.
  public func totalWeight(of tasks: [Int], among taskCount: Int) -> Double? {
    tasks.reduce(0) { $0 + lossFactors[$1] } * exp(-initial)
  }
}

extension UncertaintyWeighting {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "uw", summary: "Learns each task's uncertainty and divides its loss by it.",
    paper: "Kendall et al., Multi-Task Learning Using Uncertainty to Weigh Losses, CVPR 2018",
    parameters: [
      MethodParameter(
        "form", .choice(Form.allCases.map(\.rawValue)), default: .text("full"),
        "factors on loss and log variance: 1 and 1, ½ and ½, or 1 and ½"),
      MethodParameter(
        "lossFactors", .taskNumbers(factors), default: nil,
        "factor of each task's loss, in place of the form's; the paper has ½ for regression, 1 for classification"),
      MethodParameter("initial", .real(initials), default: .number(0), "log variance at the start"),
      MethodParameter(
        "optimizer", .choice(ScalarOptimizer.Rule.allCases.map(\.rawValue)), default: .text("adam"),
        "how the log variances are trained"),
      MethodParameter(
        "learningRate", .real(ScalarOptimizer.learningRates), default: .number(0.01), "of the log variances"),
    ]
  ) { settings in
    let form: Form = settings.choice("form")
    let factors = settings.taskNumbers("lossFactors")
    return UncertaintyWeighting(
      taskCount: settings.tasks.count, form: form,
      lossFactors: factors.map { factors in settings.tasks.map { factors[$0] ?? form.lossFactor } },
      initial: settings.number("initial"),
      optimizer: ScalarOptimizer(settings.choice("optimizer"), learningRate: settings.number("learningRate")))
  }
}
