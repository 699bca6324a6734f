import Torch

/// Gradient vaccine: as ``PCGrad``, but towards a cosine that each pair of tasks has had on average, not just zero.
///
/// - Source: Wang et al., *Gradient Vaccine*, ICLR 2021, algorithm 1 and equation 3; the average follows the cosine
///   before the correction, whether or not one was made.
public struct GradVac: LocalGramianWeighting {
  public struct State: Codable, Sendable {
    /// ρ, K×K for each part of the network; empty before the first step.
    var targets: [[Double]] = []
  }

  /// The share of a new observation in the average.
  public var beta: Double
  /// Whether cosines and corrections are those of the whole gradients, or of each layer or tensor alone.
  public var granularity: Granularity
  public var order: TaskOrder
  public var state = State()

  public init(beta: Double = 0.5, granularity: Granularity = .model, order: TaskOrder = .random) {
    self.beta = beta
    self.granularity = granularity
    self.order = order
  }

  public mutating func weights(
    for gramians: [Gramian], losses: [Double], using generator: inout SeededGenerator
  ) -> [[Double]] {
    if state.targets.map(\.count) != gramians.map({ $0.taskCount * $0.taskCount }) {
      state.targets = gramians.map { [Double](repeating: 0, count: $0.taskCount * $0.taskCount) }
    }
    return gramians.indices.map { part in
      weights(for: gramians[part], targets: &state.targets[part], using: &generator)
    }
  }

  private func weights(
    for gramian: Gramian, targets: inout [Double], using generator: inout SeededGenerator
  ) -> [Double] {
    let count = gramian.taskCount
    let m = SymmetricMatrix(gramian)
    var sum = [Double](repeating: 0, count: count)
    for i in gramian.tasks {
      var g = gramian.unit(i)
      for j in order.others(than: i, in: gramian.tasks, using: &generator) {
        let norm = max(0, m.quadraticForm(g)).squareRoot()
        let cosine = gramian.product(g, j) / (norm * gramian.norm(j) + 1e-8)
        let target = targets[i * count + j]
        if cosine < target {
          let sineOfTarget: Double = max(0, 1 - target * target).squareRoot()
          let sine: Double = max(0, 1 - cosine * cosine).squareRoot()
          let excess = norm * (target * sine - cosine * sineOfTarget)
          g[j] += excess / (gramian.norm(j) * sineOfTarget + 1e-8)
        }
        targets[i * count + j] = (1 - beta) * target + beta * cosine
      }
      for j in gramian.tasks { sum[j] += g[j] }
    }
    return sum
  }
}

extension GradVac {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "gradvac", summary: "Turns gradients towards the cosines that pairs of tasks usually have.",
    paper: "Wang et al., Gradient Vaccine, ICLR 2021",
    parameters: [
      MethodParameter("beta", .real(0...1), default: .number(0.5), "share of a new cosine in the average"),
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
