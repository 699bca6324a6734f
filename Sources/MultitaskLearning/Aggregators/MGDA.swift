import Support
import Torch

/// The shortest vector in the convex hull of the tasks' gradients: a direction that no task is against.
///
/// Gradients may be divided by a scale of their own while the weights are sought; these then apply to the
/// gradients as they are. The problem on the simplex is solved exactly, by an active-set method.
///
/// - Source: Désidéri, *Multiple-Gradient Descent Algorithm*, 2012; Sener, Koltun, *Multi-Task Learning as
///   Multi-Objective Optimization*, NeurIPS 2018, equation 3; the normalizations are those of its code.
public struct MGDA: GramianWeighting {
  public enum Normalization: String, Sendable, CaseIterable {
    case none
    /// The gradient's norm.
    case l2
    /// The loss.
    case loss
    /// Their product.
    case lossTimesNorm = "loss+"
  }

  public var normalization: Normalization

  public var needsLosses: Bool { normalization == .loss || normalization == .lossTimesNorm }

  public init(normalization: Normalization = .none) { self.normalization = normalization }

  public func weights(for gramian: Gramian, _ context: inout AggregationContext) throws -> [Double] {
    let scales = gramian.tasks.map { task -> Double in
      switch normalization {
      case .none: 1
      case .l2: gramian.norm(task)
      case .loss: context.losses[task]
      case .lossTimesNorm: context.losses[task] * gramian.norm(task)
      }
    }
    if needsLosses, let wrong = context.losses.firstIndex(where: { $0 < 0 }) {
      throw MethodError(
        "mgda: the normalization by losses needs losses of at least 0, but that of task \(context.tasks[wrong]) (from 0) is \(context.losses[wrong])"
      )
    }
    // A gradient of length zero already is the shortest vector, whatever it is divided by.
    if let zero = scales.firstIndex(of: 0) { return gramian.unit(zero) }
    return minimumNormWeights(SymmetricMatrix(gramian.scaled(by: scales.map { 1 / $0 })))
  }
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
