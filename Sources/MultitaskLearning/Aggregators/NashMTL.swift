import Support

/// The Nash bargaining solution: every task gains, and no relative gain can grow without a larger relative loss.
///
/// The weights solve `M w = 1/w`. Between updates of the weights, and where the gradients cancel each other out, the last
/// ones are kept.
///
/// - Source: Navon et al., *Multi-Task Learning as a Bargaining Game*, ICML 2022, equation 3. Solved exactly here (a
///   convex problem), where the official code stops a sequence of approximations after 20.
public struct NashMTL: GramianAggregator {
  /// The last solution.
  public struct State: Codable, Sendable {
    /// The last weights, one for each task; zero for a task that had no weight so far, empty before the first solution.
    var weights: [Double] = []
    var step = 0
  }

  /// Steps between two solutions.
  public let updateEvery: Int
  /// The direction is scaled down to this norm; zero for no limit.
  public let maxNorm: Double
  /// What the method has learned.
  public var state = State()

  /// Weights are kept between two solutions.
  public var remembersGradients: Bool { true }

  static let intervals = 1...1_000_000_000
  static let maxNorms = 0.0...Double.infinity

  /// - Parameters:
  ///   - updateEvery: at least 1.
  ///   - maxNorm: at least 0.
  public init(updateEvery: Int = 1, maxNorm: Double = 1) {
    require(
      Self.intervals.contains(updateEvery), "NashMTL: updateEvery is \(updateEvery), but has to be at least 1")
    require(Self.maxNorms.contains(maxNorm), "NashMTL: maxNorm is \(maxNorm), but has to be at least 0")
    self.updateEvery = updateEvery
    self.maxNorm = maxNorm
  }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    [0, taskCount].contains(state.weights.count) && state.weights.allSatisfy { $0 >= 0 && $0 < 1e150 }
      && state.step.isStepCount
  }

  /// - Throws: ``NoDirectionError`` if there is neither a solution nor an earlier one of these tasks.
  public mutating func weights(for gramian: Gramian, _ context: inout AggregationContext) throws -> Vector {
    if state.weights.count != context.taskCount { state.weights = [] }
    let kept = state.weights.isEmpty ? [] : context.tasks.map { state.weights[$0] }
    let isKnown = !kept.isEmpty && kept.allSatisfy { $0 > 0 }
    let isDue = !isKnown || state.step % updateEvery == 0
    do {
      if isDue {
        let solution = try bargainingWeights(gramian, alpha: 1, method: "nash-mtl", tasks: context.tasks)
        if state.weights.isEmpty { state.weights = [Double](repeating: 0, count: context.taskCount) }
        for (row, task) in context.tasks.enumerated() { state.weights[task] = solution[row] }
      }
    } catch {
      guard isKnown else { throw error }
    }
    state.step += 1
    let weights = Vector(context.tasks.map { state.weights[$0] })
    guard maxNorm > 0 else { return weights }
    let norm = max(0, SymmetricMatrix(gramian).quadraticForm(weights)).squareRoot()
    let factor = min(1, maxNorm / (norm + 1e-6))
    return weights * factor
  }

  /// The gradient times the sum of the weights, which are larger for shorter gradients.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength { .sumOfWeights }
}

/// The solution of `M w = w^(−1/α)`.
///
/// - Throws: ``NoDirectionError`` that says whose gradient is at fault.
func bargainingWeights(_ gramian: Gramian, alpha: Double, method: String, tasks: [Int]) throws -> Vector {
  if let zero = gramian.tasks.first(where: { gramian[$0, $0] == 0 }) {
    throw NoDirectionError(
      "\(method): the gradient of task \(tasks[zero]) (from 0) is zero, so that there is nothing to bargain for")
  }
  guard let weights = solvePowerEquation(SymmetricMatrix(gramian), alpha: alpha) else {
    throw NoDirectionError(
      "\(method): the tasks' gradients cancel each other out, so that no direction helps all of them")
  }
  return weights
}

extension NashMTL {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "nash-mtl", summary: "The Nash bargaining solution between the tasks.",
    paper: "Navon et al., Multi-Task Learning as a Bargaining Game, ICML 2022",
    parameters: [
      MethodParameter("updateEvery", .integer(intervals), default: .number(1), "steps between two solutions"),
      MethodParameter(
        "maxNorm", .real(maxNorms), default: .number(1), "largest norm of the direction; 0 for no clip"),
    ]
  ) { settings in NashMTL(updateEvery: settings.integer("updateEvery"), maxNorm: settings.number("maxNorm")) }
}
