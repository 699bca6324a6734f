import Foundation
import Support

/// The direction nearest to a primary task's gradient that helps every other task by a minimum, in the length of the
/// primary task's gradient.
///
/// Gradients are divided by the root of an average of their squared norms, `g̃ = s g`. With the primary task 1, the direction
/// is that of `argmin ½ ‖d − g̃_1‖²` under `g̃_j·d ≥ τ_j ‖g̃_j‖²` for the others, `g̃_1 + Σ μ_j g̃_j` with `μ ≥ 0`: an active
/// set in the Gramian. Where these constraints contradict each other, it is `g_1`; where nothing is left of `g̃_1`, zero.
/// The rescaling makes a small remainder long. A gradient shorter than √ε is not brought to unit length.
///
/// In a step without the primary task there is nothing to follow, and the direction is zero.
///
/// - Source: Varam, AlHajri, *PCD*, TMLR 2026, with the authors' code.
public struct PCD: GramianAggregator {
  /// The averages of the squared norms, and how often each task was seen.
  public struct State: Codable, Sendable {
    /// v, one for each task; empty before the first step.
    var averages: [Double] = []
    var counts: [Int] = []
  }

  /// The position of the primary task.
  public let primary: Int
  /// How much every other task gains at least, in squares of its own gradient's length, τ: one number for each task, of
  /// which the primary task's is not used.
  public let gains: [Double]
  /// How slowly the averages follow, β.
  public let beta: Double
  /// What is added to the averages, ε.
  public let epsilon: Double
  /// What the method has learned.
  public var state = State()

  /// The averages follow the gradients of all tasks.
  public var remembersGradients: Bool { true }

  static let gainRange = 0.0...1000.0
  static let betas = 0.0...0.999999
  static let epsilons = 1e-30...1.0

  /// How much shorter than the shortest direction in reach the constraints may ask for, squared.
  private static let contradiction = 1e-13

  /// - Parameters:
  ///   - gains: τ, one number for each task, from 0 to 1000.
  ///   - primary: the position of the primary task.
  ///   - beta: how slowly the averages of squared norms follow, from 0 to 0.999999.
  ///   - epsilon: what is added to these averages, above 0.
  public init(gains: [Double], primary: Int = 0, beta: Double = 0.999, epsilon: Double = 1e-8) {
    require(gains.allSatisfy(Self.gainRange.contains), "PCD: the gains \(gains) have to be in \(Self.gainRange)")
    require(gains.indices.contains(primary), "PCD: the primary task is \(primary) of \(gains.count) (from 0)")
    require(Self.betas.contains(beta), "PCD: beta is \(beta), but has to be in \(Self.betas)")
    require(Self.epsilons.contains(epsilon), "PCD: epsilon is \(epsilon), but has to be in \(Self.epsilons)")
    self.gains = gains
    self.primary = primary
    self.beta = beta
    self.epsilon = epsilon
  }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    state.averages.count == state.counts.count && [0, taskCount].contains(state.counts.count)
      && state.averages.allSatisfy { $0 >= 0 && $0 < 1e300 } && state.counts.allSatisfy(\.isStepCount)
  }

  /// The weights of the rows, from their inner products.
  public mutating func weights(for gramian: Gramian, _ context: inout AggregationContext) -> Vector {
    require(gains.count == context.taskCount, "PCD: \(gains.count) gains for \(context.taskCount) tasks")
    let scales = observe(gramian, context)
    let zeros = Vector(zeros: gramian.taskCount)
    guard let first = context.tasks.firstIndex(of: primary), gramian[first, first] > 0 else { return zeros }
    let scaled = gramian.scaled(by: scales)
    let others = gramian.tasks.filter { $0 != first && scaled[$0, $0] > 0 }
    let gains = Vector(others.map { self.gains[context.tasks[$0]] })
    guard let combination = Self.combination(scaled, first, others, gains) else { return gramian.unit(first) }
    let square = SymmetricMatrix(scaled).quadraticForm(combination)
    let size = combination.magnitudes.dot(scaled.norms)
    // What rounding leaves of a direction that vanishes.
    guard square > 1e-14 * size * size else { return zeros }
    return combination * scales * (gramian.norm(first) / square.squareRoot())
  }

  /// Averages the squared norms, without the weight of the zeros that the averages began with.
  ///
  /// - Returns: s, one for each row.
  private mutating func observe(_ gramian: Gramian, _ context: AggregationContext) -> Vector {
    if state.averages.count != context.taskCount {
      state.averages = [Double](repeating: 0, count: context.taskCount)
      state.counts = [Int](repeating: 0, count: context.taskCount)
    }
    return Vector(
      context.tasks.enumerated().map { row, task in
        state.counts[task] += 1
        state.averages[task] = beta * state.averages[task] + (1 - beta) * max(0, gramian[row, row])
        let corrected = state.averages[task] / (1 - pow(beta, Double(state.counts[task])))
        return 1 / (corrected + epsilon).squareRoot()
      })
  }

  /// The weights of `g̃_1 + Σ μ_j g̃_j`; nil if the constraints contradict each other.
  private static func combination(_ gramian: Gramian, _ first: Int, _ others: [Int], _ gains: Vector) -> Vector? {
    guard !others.isEmpty else { return gramian.unit(first) }
    let cosines = SymmetricMatrix(
      size: others.count, elements: others.flatMap { i in others.map { gramian.cosine(i, $0) } })
    let norms = Vector(others.map { gramian.norm($0) })
    let wanted = gains * norms
    guard isPossible(cosines, wanted) else { return nil }
    let reached = Vector(others.map { gramian[first, $0] / gramian.norm($0) })
    let multipliers = nonnegativeMinimum(cosines, wanted - reached) / norms
    var weights = gramian.unit(first)
    for (other, multiplier) in zip(others, multipliers) { weights[other] = multiplier }
    return weights
  }

  /// Whether some direction has the wanted products with unit rows at least: by Farkas' lemma, if no nonnegative combination
  /// of the rows vanishes while that of the products does not.
  private static func isPossible(_ cosines: SymmetricMatrix, _ wanted: Vector) -> Bool {
    let largest = wanted.max() ?? 0
    guard largest > 0 else { return true }
    let t = wanted / largest
    var both = cosines
    for i in 0..<t.count { for j in 0..<t.count { both[i, j] += t[i] * t[j] } }
    // Minimizes ‖Σ y_j u_j‖² + (Σ y_j t_j − 1)².
    let y = nonnegativeMinimum(both, t)
    let miss = y.dot(t) - 1
    return cosines.quadraticForm(y) + miss * miss > contradiction
  }

  /// The gradient itself: the direction has the length of the primary task's.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength { .multiple(1) }
}

extension PCD {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "pcd", summary: "Follows a primary task, as far as every other task gains a minimum.",
    paper: "Varam, AlHajri, PCD, TMLR 2026",
    parameters: [
      MethodParameter("primary", .task, default: nil, "the primary task; the first one when left out"),
      MethodParameter(
        "tau", .real(gainRange), default: .number(0.02),
        "what every other task gains at least, in squares of its own gradient's length"),
      MethodParameter("taus", .taskNumbers(gainRange), default: nil, "tau of single tasks, in place of the common one"),
      MethodParameter("beta", .real(betas), default: .number(0.999), "how slowly averages of squared norms follow"),
      MethodParameter("epsilon", .real(epsilons), default: .number(1e-8), "what is added to these averages"),
    ]
  ) { settings in
    let taus = settings.taskNumbers("taus") ?? [:]
    return PCD(
      gains: settings.tasks.map { taus[$0] ?? settings.number("tau") },
      primary: try settings.optionalTask("primary") ?? 0,
      beta: settings.number("beta"), epsilon: settings.number("epsilon"))
  }
}
