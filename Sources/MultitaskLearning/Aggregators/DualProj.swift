import Support

/// Projects the mean gradient on the cone of directions that no task is against; with a preference p, `Σ p_k g_k` in place
/// of the mean.
///
/// - Source: Lopez-Paz, Ranzato, *Gradient Episodic Memory for Continual Learning*, NeurIPS 2017, equation 11;
///   regularized as ``UPGrad``.
public struct DualProj: ConeAggregator {
  /// How exactly the cone is kept.
  public let parameters: ConeParameters

  /// - Parameter parameters: how exactly the cone is kept.
  public init(_ parameters: ConeParameters) { self.parameters = parameters }

  /// The weights of the rows, from their inner products.
  public func weights(for gramian: Gramian, _ context: inout AggregationContext) -> Vector {
    parameters.cone(gramian).weights(nearest: parameters.preference(for: context))
  }
}

extension DualProj {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "dualproj", summary: "The mean gradient, projected on the cone that no task is against.",
    paper: "Lopez-Paz, Ranzato, Gradient Episodic Memory for Continual Learning, NeurIPS 2017",
    parameters: ConeParameters.entries
  ) { settings in DualProj(try ConeParameters(settings)) }
}
