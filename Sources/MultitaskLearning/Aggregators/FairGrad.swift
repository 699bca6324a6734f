import Support

/// α-fair gradients: `M w = w^(−1/α)`. α = 1 is the bargaining solution; larger α favors the tasks that gain least.
///
/// - Source: Ban, Ji, *Fair Resource Allocation in Multi-Task Learning*, ICML 2024, equation 5.
public struct FairGrad: GramianAggregator {
  /// How fair the direction is, α.
  public let alpha: Double

  static let alphas = 0.01...100.0

  /// - Parameter alpha: from 0.01 to 100.
  public init(alpha: Double = 1) {
    require(Self.alphas.contains(alpha), "FairGrad: alpha is \(alpha), but has to be in \(Self.alphas)")
    self.alpha = alpha
  }

  /// The weights of the rows, from their inner products.
  public func weights(for gramian: Gramian, _ context: inout AggregationContext) throws -> Vector {
    try bargainingWeights(gramian, alpha: alpha, method: "fairgrad", tasks: context.tasks)
  }

  /// The gradient times the sum of the weights, which are larger for shorter gradients.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength { .sumOfWeights }
}

extension FairGrad {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "fairgrad", summary: "α-fair progress of the tasks.",
    paper: "Ban, Ji, Fair Resource Allocation in Multi-Task Learning, ICML 2024",
    parameters: [MethodParameter("alpha", .real(FairGrad.alphas), default: .number(1), "fairness")]
  ) { settings in FairGrad(alpha: settings.number("alpha")) }
}
