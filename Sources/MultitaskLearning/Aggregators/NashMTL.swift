import Torch

/// The Nash bargaining solution: every task gains, and no relative gain can grow without a larger relative loss.
///
/// The weights solve `M w = 1/w`. Between updates of the weights, the last ones are kept.
///
/// - Source: Navon et al., *Multi-Task Learning as a Bargaining Game*, ICML 2022, equation 3. Solved exactly here (a
///   convex problem), where the official code stops a sequence of approximations after 20.
public struct NashMTL: GramianWeighting {
  public struct State: Codable, Sendable {
    var weights: [Double] = []
    var step = 0
  }

  /// Steps between two solutions.
  public var updateEvery: Int
  /// The direction is scaled down to this norm; zero for no limit.
  public var maxNorm: Double
  public var state = State()

  public init(updateEvery: Int = 1, maxNorm: Double = 1) {
    self.updateEvery = updateEvery
    self.maxNorm = maxNorm
  }

  public mutating func weights(
    for gramian: Gramian, losses: [Double], using generator: inout SeededGenerator
  ) throws -> [Double] {
    if state.weights.count != gramian.taskCount || state.step % updateEvery == 0 {
      state.weights = try bargainingWeights(gramian, alpha: 1, method: "nash-mtl")
    }
    state.step += 1
    guard maxNorm > 0 else { return state.weights }
    let norm = max(0, SymmetricMatrix(gramian).quadraticForm(state.weights)).squareRoot()
    let factor = min(1, maxNorm / (norm + 1e-6))
    return state.weights.map { $0 * factor }
  }
}

/// The solution of `M w = w^(−1/α)`.
///
/// - Throws: ``MethodError`` that says whose gradient is at fault.
func bargainingWeights(_ gramian: Gramian, alpha: Double, method: String) throws -> [Double] {
  if let zero = gramian.tasks.first(where: { gramian[$0, $0] == 0 }) {
    throw MethodError(
      "\(method): the gradient of task \(zero) (from 0) is zero, so that there is nothing to bargain for")
  }
  guard let weights = solvePowerEquation(SymmetricMatrix(gramian), alpha: alpha) else {
    throw MethodError("\(method): the tasks' gradients cancel each other out, so that no direction helps all of them")
  }
  return weights
}

extension NashMTL {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "nash-mtl", summary: "The Nash bargaining solution between the tasks.",
    paper: "Navon et al., Multi-Task Learning as a Bargaining Game, ICML 2022",
    parameters: [
      MethodParameter("updateEvery", .integer(1...Int.max), default: .number(1), "steps between two solutions"),
      MethodParameter(
        "maxNorm", .real(0...Double.infinity), default: .number(1), "largest norm of the direction; 0 for no clip"),
    ]
  ) { settings in NashMTL(updateEvery: settings.integer("updateEvery"), maxNorm: settings.number("maxNorm")) }
}
