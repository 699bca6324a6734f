import Torch

/// Balances the singular values of G, so that no direction of conflict or dominance is left.
///
/// With the eigenpairs (λ, v) of M above a threshold, the weights are `√s Σ v vᵀ 1 / √λ`, where s is the smallest,
/// the median or the mean of the kept eigenvalues.
///
/// - Source: Senushkin et al., *Independent Component Alignment for Multi-Task Learning*, CVPR 2023, algorithm 1; the
///   threshold is its code's: the largest eigenvalue times K times float32's precision.
public struct AlignedMTL: GramianWeighting {
  public enum Scale: String, Sendable, CaseIterable {
    case min
    case median
    case rmse
  }

  public var scale: Scale

  public init(scale: Scale = .min) { self.scale = scale }

  public func weights(
    for gramian: Gramian, losses: [Double], using generator: inout SeededGenerator
  ) -> [Double] {
    let (values, vectors) = SymmetricMatrix(gramian).eigen
    let threshold = (values.last ?? 0) * Double(gramian.taskCount) * 1.1920929e-7
    let kept = zip(values, vectors).filter { $0.0 > threshold }
    guard !kept.isEmpty else { return [Double](repeating: 0, count: gramian.taskCount) }
    let balanced =
      switch scale {
      case .min: kept[0].0
      case .median: kept[(kept.count - 1) / 2].0
      case .rmse: kept.reduce(0) { $0 + $1.0 } / Double(kept.count)
      }
    var weights = [Double](repeating: 0, count: gramian.taskCount)
    for (value, vector) in kept {
      let share = (balanced / value).squareRoot() * vector.reduce(0, +)
      for k in gramian.tasks { weights[k] += share * vector[k] }
    }
    return weights
  }
}

extension AlignedMTL {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "aligned-mtl", summary: "Gives the gradient matrix equal singular values.",
    paper: "Senushkin et al., Independent Component Alignment for Multi-Task Learning, CVPR 2023",
    parameters: [
      MethodParameter(
        "scale", .choice(Scale.allCases.map(\.rawValue)), default: .text("min"), "the common singular value")
    ]
  ) { settings in AlignedMTL(scale: settings.choice("scale")) }
}
