import Support

/// Gradient vaccine: as ``PCGrad``, but towards a cosine that each pair of tasks has had on average, not just zero.
///
/// - Source: Wang et al., *Gradient Vaccine*, ICLR 2021, algorithm 1 and equation 3; the average follows the cosine
///   before the correction, whether or not one was made.
public struct GradVac: LocalGramianAggregator {
  /// The cosines that pairs of tasks have had on average.
  public struct State: Codable, Sendable {
    /// ρ, K×K for each part of the network; empty before the first step.
    var targets: [[Double]] = []
  }

  /// The weight of a new observation in the average.
  public let beta: Double
  /// Whether cosines and corrections are those of the whole gradients, or of each layer or tensor alone.
  public let granularity: Granularity
  /// The order in which a gradient meets the others.
  public let order: TaskOrder
  /// What the method has learned.
  public var state = State()

  /// The average follows the gradients of all tasks.
  public var remembersGradients: Bool { true }

  static let betas = 0.0...1.0

  /// - Parameters:
  ///   - beta: the weight of a new observation in the average, from 0 to 1.
  ///   - granularity: what counts as one gradient.
  ///   - order: the order in which a gradient meets the others.
  public init(beta: Double = 0.5, granularity: Granularity = .model, order: TaskOrder = .random) {
    require(Self.betas.contains(beta), "GradVac: beta is \(beta), but has to be in \(Self.betas)")
    self.beta = beta
    self.granularity = granularity
    self.order = order
  }

  /// Whether a state from a file can be one of this method.
  public func accepts(_ state: State, taskCount: Int) -> Bool {
    state.targets.allSatisfy { part in
      part.count == taskCount * taskCount && part.allSatisfy { abs($0) <= 1 + 1e-6 }
    }
  }

  /// The weights of the rows in each part of the network.
  public mutating func weights(for gramians: [Gramian], _ context: inout AggregationContext) -> [Vector] {
    // As many parts as the network has; a network that grew starts anew.
    if state.targets.map(\.count) != gramians.map({ _ in context.taskCount * context.taskCount }) {
      let zeros = [Double](repeating: 0, count: context.taskCount * context.taskCount)
      state.targets = gramians.map { _ in zeros }
    }
    return gramians.indices.map { part in
      weights(for: gramians[part], targets: &state.targets[part], &context)
    }
  }

  private func weights(
    for gramian: Gramian, targets: inout [Double], _ context: inout AggregationContext
  ) -> Vector {
    let m = SymmetricMatrix(gramian)
    var sum = Vector(zeros: gramian.taskCount)
    for i in gramian.tasks {
      var g = gramian.unit(i)
      for j in order.others(than: i, in: gramian.tasks, using: &context.generator) {
        let place = context.tasks[i] * context.taskCount + context.tasks[j]
        let norm = max(0, m.quadraticForm(g)).squareRoot()
        let lengths = norm * gramian.norm(j)
        let cosine = lengths > 0 ? min(1, max(-1, gramian.product(g, j) / lengths)) : 0
        let target = targets[place]
        if cosine < target && lengths > 0 {
          let sineOfTarget: Double = max(0, 1 - target * target).squareRoot()
          let sine: Double = max(0, 1 - cosine * cosine).squareRoot()
          let excess = norm * (target * sine - cosine * sineOfTarget)
          // A target of one would need an infinite correction.
          g[j] += excess / (gramian.norm(j) * max(sineOfTarget, 1e-8))
        }
        targets[place] = (1 - beta) * target + beta * cosine
      }
      sum += g
    }
    return sum
  }

  /// As many times the gradient as there are tasks: no cosine is above that of equal gradients.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength {
    .multiple(Double(tasks.count))
  }
}

extension GradVac {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "gradvac", summary: "Turns gradients towards the cosines that pairs of tasks usually have.",
    paper: "Wang et al., Gradient Vaccine, ICLR 2021",
    parameters: [
      MethodParameter("beta", .real(betas), default: .number(0.5), "weight of a new cosine in the average"),
      MethodParameter(
        "granularity", .choice(Granularity.allCases.map(\.rawValue)), default: .text("model"),
        "what counts as one gradient: the whole model's, a layer's, a tensor's"),
      MethodParameter(
        "order", .choice(TaskOrder.allCases.map(\.rawValue)), default: .text("random"),
        "the order in which a gradient meets the others"),
    ]
  ) { settings in
    GradVac(
      beta: settings.number("beta"), granularity: settings.choice("granularity"), order: settings.choice("order"))
  }
}
