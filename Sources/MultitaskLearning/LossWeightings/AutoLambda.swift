import Support

/// Weights that follow the losses of a second batch, as they are after a step with these weights.
///
/// With `θ' = θ − α (m + ∇ Σ λ_i L_i(θ) + weight decay · θ)`, m the momentum, and v the gradient at θ' of the primary tasks'
/// losses on the second batch, the derivative for `λ_i` is `−∇L_i(θ)·αv`: a product, or the difference of the losses at
/// `θ ± ε αv` with `ε = difference / ‖αv‖`, where α is each parameter's own learning rate. The weights follow it by Adam;
/// then the step is made with the new ones. They may become negative, unless they are the softmax of what is learned. Where
/// αv is zero or a task lacks labels in one of the batches, they stay.
///
/// - Source: Liu, James, Davison, Johns, *Auto-Lambda: Disentangling Dynamic Task Relationships*, TMLR 2022.
public struct AutoLambda: LossWeighting {
  /// What is learned.
  public struct State: Codable, Sendable {
    /// One number for each task; empty before the first step.
    package var values: [Double] = []
    var optimizer: ScalarOptimizer
  }

  /// What the weights are made of.
  public enum Form: String, Sendable, CaseIterable {
    /// The numbers that are learned.
    case raw
    /// Their softmax, as in LibMTL: the numbers start at 1/K.
    case softmax
  }

  /// How the derivative is found.
  public enum Derivative: String, Sendable, CaseIterable {
    /// By two more forward passes.
    case difference
    /// By a backward pass for each task.
    case exact
  }

  /// The first weight of every task.
  public let initial: Double
  /// The positions of the tasks whose losses on the second batch count; nil for all.
  public let primary: [Int]?
  /// How far the parameters move for a difference.
  public let difference: Double
  /// What the weights are made of.
  public let form: Form
  /// How the derivative is found.
  public let derivative: Derivative
  /// What the method has learned.
  public var state: State

  static let initials = 0.0...1e6
  static let differences = 1e-9...1e3

  /// - Parameters:
  ///   - initial: the first weight of every task, from 0 to a million.
  ///   - learningRate: of the weights, from 0 to 10.
  ///   - primary: the positions of the tasks whose losses on the second batch count; nil for all.
  ///   - difference: how far the parameters move for a difference.
  ///   - form: what the weights are made of.
  ///   - derivative: how the derivative is found.
  public init(
    initial: Double = 0.1, learningRate: Double = 1e-4, primary: [Int]? = nil, difference: Double = 0.01,
    form: Form = .raw, derivative: Derivative = .difference
  ) {
    require(Self.initials.contains(initial), "AutoLambda: initial is \(initial), but has to be in \(Self.initials)")
    require(
      Self.differences.contains(difference),
      "AutoLambda: difference is \(difference), but has to be in \(Self.differences)")
    self.initial = initial
    self.primary = primary
    self.difference = difference
    self.form = form
    self.derivative = derivative
    state = State(optimizer: ScalarOptimizer(.adam, learningRate: learningRate))
  }

  /// Two: the second shows what the weights lead to.
  public var batchCount: Int { 2 }
  /// The weights do not depend on the losses of the step.
  public var weighsByLosses: Bool { false }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    [0, taskCount].contains(state.values.count) && state.values.areModerate
      && self.state.optimizer.fits(state.optimizer, count: taskCount)
  }

  /// The weight of each loss.
  public func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] {
    let values = values(taskCount: losses.count)
    return form == .raw ? values : softmaxOfPresent(values, losses)
  }

  private func weights(taskCount: Int) -> [Double] {
    let values = values(taskCount: taskCount)
    return form == .raw ? values : Array(softmax(values))
  }

  private func values(taskCount: Int) -> [Double] {
    guard state.values.isEmpty else { return state.values }
    return [Double](repeating: form == .raw ? initial : 1 / Double(taskCount), count: taskCount)
  }

  /// Learns from the losses of the second batch.
  public mutating func learn(from lookahead: Lookahead) throws -> [[Double]]? {
    guard lookahead.isComplete else { return nil }
    let count = lookahead.taskCount
    let weights = weights(taskCount: count)
    lookahead.descend(along: try lookahead.gradient(weights, on: .training))
    let counted = primary.map(Set.init)
    let chosen = (0..<count).map { counted?.contains($0) ?? true ? 1.0 : 0 }
    let direction = lookahead.multipliedByRates(try lookahead.gradient(chosen, on: .validation))
    lookahead.restore()
    let length = lookahead.product(direction, direction).squareRoot()
    guard length > 0, length.isFinite else { return nil }
    let slopes = try slopes(lookahead, direction, length).map(-)
    let mean = zip(weights, slopes).reduce(0) { $0 + $1.0 * $1.1 }
    let gradient = form == .raw ? slopes : zip(weights, slopes).map { $0 * ($1 - mean) }
    var values = values(taskCount: count)
    state.optimizer.update(&values, gradient: gradient)
    state.values = values
    return nil
  }

  /// The product of each task's gradient on the first batch with a direction.
  private func slopes(
    _ lookahead: Lookahead, _ direction: Lookahead.Direction, _ length: Double
  ) throws -> [Double] {
    guard derivative == .difference else {
      return try (0..<lookahead.taskCount).map { task in
        let unit = (0..<lookahead.taskCount).map { $0 == task ? 1.0 : 0 }
        return lookahead.product(try lookahead.gradient(unit, on: .training), direction)
      }
    }
    let epsilon = difference / length
    let losses = try [epsilon, -epsilon].map { step in
      lookahead.move(along: direction, by: step)
      defer { lookahead.restore() }
      return try lookahead.losses(on: .training)
    }
    return zip(losses[0], losses[1]).map { ($0 - $1) / (2 * epsilon) }
  }
}

extension AutoLambda {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "auto-lambda", summary: "Weights that lower the losses of a second batch after a step with them.",
    paper: "Liu et al., Auto-Lambda: Disentangling Dynamic Task Relationships, TMLR 2022",
    parameters: [
      MethodParameter("initial", .real(initials), default: .number(0.1), "the first weight of every task"),
      MethodParameter(
        "metaLearningRate", .real(ScalarOptimizer.learningRates), default: .number(1e-4), "of the weights, by Adam"),
      MethodParameter(
        "primary", .names, default: nil, "the tasks whose losses on the second batch count; all if left out"),
      MethodParameter(
        "difference", .real(differences), default: .number(0.01), "how far the parameters move for a difference"),
      MethodParameter(
        "weights", .choice(Form.allCases.map(\.rawValue)), default: .text("raw"),
        "the numbers that are learned, or their softmax"),
      MethodParameter(
        "derivative", .choice(Derivative.allCases.map(\.rawValue)), default: .text("difference"),
        "two more forward passes, or a backward pass for each task"),
    ]
  ) { settings in
    let primary = try settings.optionalNames("primary")?.map { name in
      guard let position = settings.tasks.firstIndex(of: name) else {
        throw MethodError(
          "auto-lambda: 'primary' names a task that is not there: " + unknownName("task", name, among: settings.tasks))
      }
      return position
    }
    return AutoLambda(
      initial: settings.number("initial"), learningRate: settings.number("metaLearningRate"), primary: primary,
      difference: settings.number("difference"), form: settings.choice("weights"),
      derivative: settings.choice("derivative"))
  }
}
