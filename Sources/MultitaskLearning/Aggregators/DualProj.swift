/// Projects the mean gradient on the cone of directions that no task is against.
///
/// - Source: Lopez-Paz, Ranzato, *Gradient Episodic Memory for Continual Learning*, NeurIPS 2017, equation 11;
///   regularized as ``UPGrad``.
public struct DualProj: GramianWeighting {
  /// Added to the diagonal of the Gramian with trace one; zero solves the projection itself.
  public let regularization: Double
  /// The sum of squared norms below which the gradients count as zero, and their mean is taken.
  public let normEpsilon: Double

  /// - Parameters:
  ///   - regularization: from 0 to 1.
  ///   - normEpsilon: at least 0.
  public init(regularization: Double = 1e-4, normEpsilon: Double = 0) {
    ConeParameters.check("DualProj", regularization, normEpsilon)
    self.regularization = regularization
    self.normEpsilon = normEpsilon
  }

  public func weights(for gramian: Gramian, _ context: inout AggregationContext) -> [Double] {
    let preference = 1 / Double(gramian.taskCount)
    return DualCone(gramian, regularization: regularization, normEpsilon: normEpsilon)
      .weights(nearest: gramian.tasks.map { _ in preference })
  }
}

extension DualProj {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "dualproj", summary: "The mean gradient, projected on the cone that no task is against.",
    paper: "Lopez-Paz, Ranzato, Gradient Episodic Memory for Continual Learning, NeurIPS 2017",
    parameters: ConeParameters.all
  ) { settings in
    DualProj(regularization: settings.number("regularization"), normEpsilon: settings.number("normEpsilon"))
  }
}
