import Torch

/// α-fair gradients: `M w = w^(−1/α)`. α = 1 is the bargaining solution; larger α favours the tasks that gain least.
///
/// - Source: Ban, Ji, *Fair Resource Allocation in Multi-Task Learning*, ICML 2024, equation 5.
public struct FairGrad: GramianWeighting {
  public var alpha: Double

  public init(alpha: Double = 1) { self.alpha = alpha }

  public func weights(
    for gramian: Gramian, losses: [Double], using generator: inout SeededGenerator
  ) throws -> [Double] {
    try bargainingWeights(gramian, alpha: alpha, method: "fairgrad")
  }
}

extension FairGrad {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "fairgrad", summary: "α-fair shares of progress between the tasks.",
    paper: "Ban, Ji, Fair Resource Allocation in Multi-Task Learning, ICML 2024",
    parameters: [MethodParameter("alpha", .real(0.01...100), default: .number(1), "fairness")]
  ) { settings in FairGrad(alpha: settings.number("alpha")) }
}
