import Support

/// The shortest combination of gradients, approached by a step each time, with products of independent batches.
///
/// The weights descend, `λ ← π(λ − γ (J₁ J₂ᵀ λ + ρ λ))` with π the projection on the simplex; the direction is
/// `½ (J₁ + J₂)ᵀ λ` of two batches, or `J₃ᵀ λ` of three. γ has the scale of squared gradients: where `γ ‖g‖²` is large, the
/// weights jump between single tasks. `normalizes` divides the products by the mean of their positive diagonal.
///
/// - Source: Chen et al., *Three-Way Trade-Off in Multi-Objective Learning: Optimization, Generalization and
///   Conflict-Avoidance*, NeurIPS 2023, algorithm 2, with three batches; JMLR 2024, with two.
public struct MoDo: IndependentBatchAggregator {
  /// The weights.
  public struct State: Codable, Sendable {
    /// λ, one for each task; empty before the first step.
    var weights = SimplexWeights()
  }

  /// How fast the weights descend, γ.
  public let gamma: Double
  /// How strongly the weights are drawn to equal ones, ρ.
  public let rho: Double
  /// How many batches a step takes: two or three.
  public let batchCount: Int
  /// Whether the products are divided by the mean of their positive diagonal.
  public let normalizes: Bool
  /// What the method has learned.
  public var state = State()

  static let gammas = 0.0...1e6
  static let batchCounts = 2...3

  /// - Parameters:
  ///   - gamma: how fast the weights descend, from 0 to a million.
  ///   - rho: how strongly the weights are drawn to equal ones, from 0 to a million.
  ///   - batchCount: how many batches a step takes, two or three.
  ///   - normalizes: whether the products are divided by the mean of their positive diagonal.
  public init(gamma: Double = 0.1, rho: Double = 0.1, batchCount: Int = 2, normalizes: Bool = false) {
    require(
      Self.gammas.contains(gamma) && Self.gammas.contains(rho),
      "MoDo: gamma is \(gamma), rho is \(rho), but both have to be in \(Self.gammas)")
    require(Self.batchCounts.contains(batchCount), "MoDo: \(batchCount) batches, but a step takes two or three")
    (self.gamma, self.rho, self.batchCount, self.normalizes) = (gamma, rho, batchCount, normalizes)
  }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool { state.weights.fits(taskCount: taskCount) }

  /// The weights of the rows.
  public mutating func weights(forProducts products: CrossProducts, _ context: inout AggregationContext) -> Vector {
    let diagonal = products.positiveDiagonal
    let scale = normalizes ? diagonal.mean ?? 1 : 1
    var weights = state.weights
    defer { state.weights = weights }
    return weights.move(context.tasks, of: context.taskCount) { weights in
      projectionOnSimplex(weights - gamma * ((products / scale).times(weights) + rho * weights))
    }
  }

  /// The gradient itself: the weights sum to one.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength { .multiple(1) }
}

extension MoDo {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "modo", summary: "The shortest combination of gradients, approached with products of independent batches.",
    paper:
      "Chen et al., Three-Way Trade-Off in Multi-Objective Learning: Optimization, Generalization and Conflict-Avoidance, NeurIPS 2023",
    parameters: [
      MethodParameter("gamma", .real(gammas), default: .number(0.1), "how fast the weights descend"),
      MethodParameter("rho", .real(gammas), default: .number(0.1), "how strongly weights are drawn to equal ones"),
      MethodParameter("batches", .integer(batchCounts), default: .number(2), "how many batches a step takes"),
      MethodParameter(
        "normalized", .boolean, default: .text("false"),
        "whether products are divided by the mean of their positive diagonal"),
    ]
  ) { settings in
    MoDo(
      gamma: settings.number("gamma"), rho: settings.number("rho"), batchCount: settings.integer("batches"),
      normalizes: settings.boolean("normalized"))
  }
}
