import Support

/// Projects each task's gradient on the cone of directions that no task is against, and averages the results.
///
/// - Source: Quinton, Rey, *Jacobian Descent for Multi-Objective Optimization*, 2024, section 3; regularized as in its
///   code, which besides takes the plain mean of gradients whose squared norms sum to less than 1e-4: see ``normEpsilon``.
public struct UPGrad: GramianWeighting {
  /// Added to the diagonal of the Gramian with trace one; zero solves the projections themselves.
  public let regularization: Double
  /// The sum of squared norms below which the gradients count as zero, and their mean is taken.
  public let normEpsilon: Double

  /// - Parameters:
  ///   - regularization: from 0 to 1.
  ///   - normEpsilon: at least 0.
  public init(regularization: Double = 1e-4, normEpsilon: Double = 0) {
    ConeParameters.check("UPGrad", regularization, normEpsilon)
    self.regularization = regularization
    self.normEpsilon = normEpsilon
  }

  public func weights(for gramian: Gramian, _ context: inout AggregationContext) -> [Double] {
    let cone = DualCone(gramian, regularization: regularization, normEpsilon: normEpsilon)
    let preference = 1 / Double(gramian.taskCount)
    return gramian.tasks.reduce([Double](repeating: 0, count: gramian.taskCount)) { sum, task in
      zip(sum, cone.weights(nearest: gramian.unit(task).map { $0 * preference })).map { $0 + $1 }
    }
  }
}

extension UPGrad {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "upgrad", summary: "The mean of all gradients, each projected on the cone that no task is against.",
    paper: "Quinton, Rey, Jacobian Descent for Multi-Objective Optimization, 2024", parameters: ConeParameters.all
  ) { settings in
    UPGrad(regularization: settings.number("regularization"), normEpsilon: settings.number("normEpsilon"))
  }
}
