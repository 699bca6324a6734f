import Support

/// Projects each task's gradient on the cone of directions that no task is against, and averages the results.
///
/// With a preference p, the gradients `p_k g_k` are projected, and the results added.
///
/// - Source: Quinton, Rey, *Jacobian Descent for Multi-Objective Optimization*, 2024, section 3; regularized as in its
///   code, which besides takes the plain mean of gradients whose squared norms sum to less than 1e-4: see ``ConeParameters/normEpsilon``.
public struct UPGrad: ConeAggregator {
  /// How exactly the cone is kept.
  public let parameters: ConeParameters

  /// - Parameter parameters: how exactly the cone is kept.
  public init(_ parameters: ConeParameters) { self.parameters = parameters }

  /// The weights of the rows, from their inner products.
  public func weights(for gramian: Gramian, _ context: inout AggregationContext) -> Vector {
    let cone = parameters.cone(gramian)
    let preference = parameters.preference(for: context)
    return gramian.tasks.reduce(into: Vector(zeros: gramian.taskCount)) { sum, task in
      sum += cone.weights(nearest: gramian.unit(task) * preference[task])
    }
  }
}

extension UPGrad {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "upgrad", summary: "The mean of all gradients, each projected on the cone that no task is against.",
    paper: "Quinton, Rey, Jacobian Descent for Multi-Objective Optimization, 2024", parameters: ConeParameters.entries
  ) { settings in UPGrad(try ConeParameters(settings)) }
}
