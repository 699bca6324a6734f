import Support

/// Balances the singular values of G, so that no direction of conflict or dominance is left.
///
/// With the eigenpairs (λ, v) of M that count, the weights are `√s Σ v vᵀ p / √λ`, where s is the smallest, the median or
/// the mean of the kept eigenvalues, and p is the preference: one for every task, unless said otherwise.
///
/// - Source: Senushkin et al., *Independent Component Alignment for Multi-Task Learning*, CVPR 2023, algorithm 1.
public struct AlignedMTL: GramianAggregator {
  /// The singular value that all directions get.
  public enum Scale: String, Sendable, CaseIterable {
    /// The smallest one.
    case min
    /// The one in the middle of their order; of two there, the smaller one.
    case median
    /// The root of their mean square.
    case rmse
  }

  /// Which eigenvalues count as zero.
  public enum Rank: String, Sendable, CaseIterable {
    /// Those that rounding in float64 leaves of zero: a task whose gradient is 10⁴ times shorter counts.
    case exact
    /// As public code has it, those below the largest eigenvalue times K times float32's precision: gradients some 2000
    /// times shorter than the longest are dropped.
    case float32
  }

  /// The singular value that all directions get.
  public var scale: Scale
  /// Which eigenvalues count as zero.
  public var rank: Rank
  private let taskPreference: TaskPreference

  /// How much each task counts, p: one positive number for each task; nil for ones.
  public var preference: [Double]? { taskPreference.numbers }

  /// - Parameters:
  ///   - scale: the singular value that all directions get.
  ///   - rank: which eigenvalues count as zero.
  ///   - preference: how much each task counts, one positive number for each task; nil for ones.
  public init(scale: Scale = .min, rank: Rank = .exact, preference: [Double]? = nil) {
    self.scale = scale
    self.rank = rank
    taskPreference = TaskPreference(preference, of: "AlignedMTL")
  }

  /// The weights of the rows, from their inner products.
  public func weights(for gramian: Gramian, _ context: inout AggregationContext) -> Vector {
    let (values, vectors) = SymmetricMatrix(gramian).eigen
    let threshold = (values.last ?? 0) * Double(gramian.taskCount) * (rank == .exact ? 1e-14 : 0x1p-23)
    let kept = zip(values, vectors).filter { $0.0 > threshold }
    guard !kept.isEmpty else { return Vector(zeros: gramian.taskCount) }
    let balanced =
      switch scale {
      case .min: kept[0].0
      case .median: kept[(kept.count - 1) / 2].0
      case .rmse: kept.reduce(0) { $0 + $1.0 } / Double(kept.count)
      }
    let preference = taskPreference.vector(for: context, default: 1)
    var weights = Vector(zeros: gramian.taskCount)
    for (value, vector) in kept {
      weights += (balanced / value).squareRoot() * vector.dot(preference) * vector
    }
    return weights
  }

  /// As many times the gradient as the preference says in all: once for each task, unless it says otherwise.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength {
    .multiple(taskPreference.vector(of: tasks, amongTasks: taskCount, default: 1).sum)
  }
}

extension AlignedMTL {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "aligned-mtl", summary: "Gives the gradient matrix equal singular values.",
    paper: "Senushkin et al., Independent Component Alignment for Multi-Task Learning, CVPR 2023",
    parameters: [
      MethodParameter(
        "scale", .choice(Scale.allCases.map(\.rawValue)), default: .text("min"), "the common singular value"),
      MethodParameter(
        "rank", .choice(Rank.allCases.map(\.rawValue)), default: .text("exact"),
        "which gradients are too short to count: no gradient, or those that public code drops, with the precision of float32"
      ),
      TaskPreference.entry(defaultingTo: "1"),
    ]
  ) { settings in
    AlignedMTL(
      scale: settings.choice("scale"), rank: settings.choice("rank"), preference: try TaskPreference.numbers(settings))
  }
}
