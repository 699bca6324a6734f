import Support

/// The direction near a preferred combination of the gradients that helps the worst-off task, with products of independent
/// batches.
///
/// With `A = J₁ J₂ᵀ`, divided by the square of the mean of `√A_ii`, the weights descend some times in a step, with momentum:
/// `v ← μ v + A (w + λ w̃)`, `w ← π(w − η v)`, π the projection on the simplex and w̃ the preference. The direction is
/// `J₃ᵀ (w + λ w̃) / (1 + λ)`. Where no task's gradients of both batches agree, w stays. A rate of 10 or 5, as in public code,
/// does not converge; 0.5 does.
///
/// - Source: Xiao, Ban, Ji, *Direction-oriented Multi-objective Learning: Simple and Provable Stochastic Algorithms*, NeurIPS
///   2023, algorithm 1.
public struct SDMGrad: IndependentBatchAggregator {
  /// The weights.
  public struct State: Codable, Sendable {
    /// w, one for each task; empty before the first step.
    var weights = SimplexWeights()
  }

  /// How near the direction stays to the preferred combination, λ.
  public let lambda: Double
  /// The rate of the weights' descent, η.
  public let learningRate: Double
  /// The momentum of the weights' descent, μ.
  public let momentum: Double
  /// How often the weights descend in a step.
  public let iterations: Int
  /// What the method has learned.
  public var state = State()
  private let taskPreference: TaskPreference

  static let lambdas = 0.0...1e6
  static let learningRates = 0.0...1e3
  static let momentums = 0.0...0.999
  static let iterationCounts = 1...100_000

  /// Three.
  public var batchCount: Int { 3 }
  /// The preferred combination, w̃: one positive number for each task; nil for 1/K.
  public var preference: [Double]? { taskPreference.numbers }

  /// - Parameters:
  ///   - lambda: how near the direction stays to the preferred combination, from 0 to a million.
  ///   - learningRate: of the weights' descent, from 0 to 1000.
  ///   - momentum: of the weights' descent, from 0 to 0.999.
  ///   - iterations: how often the weights descend in a step, at least 1.
  ///   - preference: the preferred combination, one positive number for each task; nil for 1/K.
  public init(
    lambda: Double = 0.3, learningRate: Double = 0.5, momentum: Double = 0.5, iterations: Int = 20,
    preference: [Double]? = nil
  ) {
    require(Self.lambdas.contains(lambda), "SDMGrad: lambda is \(lambda), but has to be in \(Self.lambdas)")
    require(
      Self.learningRates.contains(learningRate),
      "SDMGrad: learningRate is \(learningRate), but has to be in \(Self.learningRates)")
    require(Self.momentums.contains(momentum), "SDMGrad: momentum is \(momentum), but has to be in \(Self.momentums)")
    require(
      Self.iterationCounts.contains(iterations),
      "SDMGrad: iterations is \(iterations), but has to be in \(Self.iterationCounts)")
    (self.lambda, self.learningRate, self.momentum, self.iterations) = (lambda, learningRate, momentum, iterations)
    taskPreference = TaskPreference(preference, of: "SDMGrad")
  }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool { state.weights.fits(taskCount: taskCount) }

  /// The weights of the rows.
  public mutating func weights(forProducts products: CrossProducts, _ context: inout AggregationContext) -> Vector {
    let preferred = lambda * taskPreference.vector(for: context, default: 1 / Double(context.tasks.count))
    let root = products.positiveDiagonal.reduce(0) { $0 + $1.squareRoot() } / Double(products.taskCount)
    var weights = state.weights
    let w = weights.move(context.tasks, of: context.taskCount) { start in
      guard root > 0 else { return start }
      let scaled = products / (root * root + 1e-8)
      var (w, v) = (start, Vector(zeros: start.count))
      for _ in 0..<iterations {
        v = momentum * v + scaled.times(w + preferred)
        w = projectionOnSimplex(w - learningRate * v)
      }
      return w
    }
    state.weights = weights
    return (w + preferred) / (1 + lambda)
  }

  /// The gradient itself, unless the preference has another sum than one.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength {
    let preferred =
      lambda * taskPreference.vector(of: tasks, amongTasks: taskCount, default: 1 / Double(tasks.count)).sum
    return .multiple((1 + preferred) / (1 + lambda))
  }
}

extension SDMGrad {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "sdmgrad",
    summary: "Near a preferred combination, the direction that helps the worst-off task; three batches a step.",
    paper:
      "Xiao, Ban, Ji, Direction-oriented Multi-objective Learning: Simple and Provable Stochastic Algorithms, NeurIPS 2023",
    parameters: [
      MethodParameter(
        "lambda", .real(lambdas), default: .number(0.3), "how near the direction stays to the preferred combination"),
      MethodParameter("learningRate", .real(learningRates), default: .number(0.5), "of the weights' descent"),
      MethodParameter("momentum", .real(momentums), default: .number(0.5), "of the weights' descent"),
      MethodParameter(
        "iterations", .integer(iterationCounts), default: .number(20), "how often the weights descend in a step"),
      TaskPreference.entry(defaultingTo: "1/K"),
    ]
  ) { settings in
    SDMGrad(
      lambda: settings.number("lambda"), learningRate: settings.number("learningRate"),
      momentum: settings.number("momentum"), iterations: settings.integer("iterations"),
      preference: try TaskPreference.numbers(settings))
  }
}
