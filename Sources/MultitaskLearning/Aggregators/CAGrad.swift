import Support

/// The direction within a ball around the mean gradient that helps the worst-off task most.
///
/// With `g_0` the mean, the direction is `g_0 + Gᵀv`, `‖Gᵀv‖ = c ‖g_0‖`, where `v ≥ 0` with the sum μ makes `‖g_0 + Gᵀv‖`
/// smallest. As `‖Gᵀv‖` grows with μ, the right μ is the root of a monotone function. If the ball reaches beyond all of
/// them, it holds a direction that no task is against, and the one nearest to the mean is taken.
///
/// - Source: Liu et al., *Conflict-Averse Gradient Descent for Multi-task Learning*, NeurIPS 2021, equation 4. The
///   direction has the scale of the mean; `rescale` divides it by 1, 1 + c² or 1 + c.
public struct CAGrad: GramianAggregator {
  /// The ball's radius in norms of the mean gradient.
  public let c: Double
  /// Whether the direction is divided by 1, 1 + c² or 1 + c: 0, 1 or 2.
  public let rescale: Int

  static let radii = 0.0...10.0
  static let rescalings = 0...2

  /// - Parameters:
  ///   - c: the ball's radius in norms of the mean gradient, from 0 to 10.
  ///   - rescale: 0, 1 or 2.
  public init(c: Double = 0.4, rescale: Int = 1) {
    require(Self.radii.contains(c), "CAGrad: c is \(c), but has to be in \(Self.radii)")
    require(Self.rescalings.contains(rescale), "CAGrad: rescale is \(rescale), but has to be in \(Self.rescalings)")
    self.c = c
    self.rescale = rescale
  }

  /// What the direction is divided by.
  private var divisor: Double { rescale == 1 ? 1 + c * c : rescale == 2 ? 1 + c : 1 }

  /// The weights of the rows, from their inner products.
  public func weights(for gramian: Gramian, _ context: inout AggregationContext) -> Vector {
    let mean = Vector(repeating: 1 / Double(gramian.taskCount), count: gramian.taskCount)
    return (mean + WorstCaseGain(gramian).combination(radius: c)) / divisor
  }

  /// 1 + c times the gradient, divided as all directions are.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength { .multiple((1 + c) / divisor) }
}

extension CAGrad {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "cagrad", summary: "Near the mean gradient, the direction that helps the worst-off task most.",
    paper: "Liu et al., Conflict-Averse Gradient Descent for Multi-task Learning, NeurIPS 2021",
    parameters: [
      MethodParameter("c", .real(radii), default: .number(0.4), "radius of the ball, in norms of the mean gradient"),
      MethodParameter("rescale", .integer(rescalings), default: .number(1), "divide by 1, 1 + c² or 1 + c"),
    ]
  ) { settings in CAGrad(c: settings.number("c"), rescale: settings.integer("rescale")) }
}
