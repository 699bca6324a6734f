import Support

/// The shortest vector in the convex hull of the tasks' gradients: a direction that no task is against.
///
/// Gradients may be divided by a scale of their own while the weights are sought; these then apply to the
/// gradients as they are. The problem on the simplex is solved exactly, by an active-set method.
///
/// - Source: Désidéri, *Multiple-Gradient Descent Algorithm*, 2012; Sener, Koltun, *Multi-Task Learning as
///   Multi-Objective Optimization*, NeurIPS 2018, equation 3; the normalizations are those of its code.
public struct MGDA: GramianAggregator {
  /// What gradients are divided by while the weights are sought.
  public enum Normalization: String, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// The gradient's norm.
    case l2
    /// The loss.
    case loss
    /// Their product.
    case lossTimesNorm = "loss+"
  }

  /// What gradients are divided by while the weights are sought.
  public var normalization: Normalization

  /// Whether the losses are looked at.
  public var needsLosses: Bool { normalization == .loss || normalization == .lossTimesNorm }

  /// - Parameter normalization: what gradients are divided by while the weights are sought.
  public init(normalization: Normalization = .none) { self.normalization = normalization }

  /// The weights of the rows, from their inner products.
  public func weights(for gramian: Gramian, _ context: inout AggregationContext) throws -> Vector {
    if needsLosses {
      try spread(context.losses, over: context.tasks, count: context.taskCount)
        .requireNonnegative(for: "mgda, with a normalization by losses,")
    }
    let scales =
      switch normalization {
      case .none: Vector(ones: gramian.taskCount)
      case .l2: gramian.norms
      case .loss: Vector(context.losses)
      case .lossTimesNorm: Vector(context.losses) * gramian.norms
      }
    // A gradient of length zero already is the shortest vector, whatever it is divided by.
    if let zero = scales.firstIndex(of: 0) { return gramian.unit(zero) }
    return minimumNormWeights(SymmetricMatrix(gramian.scaled(by: 1 / scales)))
  }

  /// The gradient itself: the weights sum to one.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength { .multiple(1) }
}

extension MGDA {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "mgda", summary: "The shortest convex combination of the gradients.",
    paper: "Sener, Koltun, Multi-Task Learning as Multi-Objective Optimization, NeurIPS 2018",
    parameters: [
      MethodParameter(
        "normalization", .choice(Normalization.allCases.map(\.rawValue)), default: .text("none"),
        "what gradients are divided by while the weights are sought")
    ]
  ) { settings in MGDA(normalization: settings.choice("normalization")) }
}
