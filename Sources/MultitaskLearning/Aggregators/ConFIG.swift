import Support

/// The conflict-free direction: its cosines with all tasks' gradients are equal, or as a preference ω has them, and its
/// length is the sum of the gradients' projections on it.
///
/// With unit gradients `u_i`, the rows of U, the direction is that of `x = U⁺ ω`, and d = (Σ g_i·x̂) x̂. With the matrix C of
/// their cosines, x = Uᵀ b for `b = C⁺ ω`, so that the Gramian is enough. Where no direction has such cosines, as of opposed
/// gradients, the direction is zero. A gradient of zero has no cosine, and is left out.
///
/// - Source: Liu, Chu, Thuerey, *ConFIG: Towards Conflict-free Training of Physics Informed Neural Networks*, ICLR 2025,
///   equation 2.
public struct ConFIG: GramianAggregator {
  private let taskPreference: TaskPreference

  /// What the cosines are proportional to, ω: one positive number for each task; nil for ones.
  public var preference: [Double]? { taskPreference.numbers }

  /// - Parameter preference: what the cosines are proportional to, one positive number for each task; nil for ones.
  public init(preference: [Double]? = nil) { taskPreference = TaskPreference(preference, of: "ConFIG") }

  /// The weights of the rows, from their inner products.
  public func weights(for gramian: Gramian, _ context: inout AggregationContext) -> Vector {
    Self.weights(for: gramian, cosines: taskPreference.vector(for: context, default: 1))
  }

  /// The weights of the rows, from their inner products.
  ///
  /// - Parameter wanted: what the cosines are to be proportional to, K positive numbers.
  static func weights(for gramian: Gramian, cosines wanted: Vector) -> Vector {
    let norms = gramian.norms
    let cosines = SymmetricMatrix(
      size: gramian.taskCount, elements: gramian.tasks.flatMap { i in gramian.tasks.map { gramian.cosine(i, $0) } })
    let counted = Vector(gramian.tasks.map { norms[$0] > 0 ? wanted[$0] : 0 })
    let b = cosines.pseudoInverse(times: counted, threshold: 1e-13).x
    let found = cosines.times(b)
    let square = b.dot(found)
    // What rounding leaves of a direction that vanishes.
    guard square > 1e-20 * wanted.dot(wanted) else { return Vector(zeros: gramian.taskCount) }
    let length = norms.dot(found) / square
    return Vector(gramian.tasks.map { norms[$0] > 0 ? b[$0] * (length / norms[$0]) : 0 })
  }

  /// As many times the gradient as there are tasks: the sum of its projections.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength {
    .multiple(Double(tasks.count))
  }
}

extension ConFIG {
  /// As the registry knows it: with momentum, it makes a ``MomentumConFIG``.
  public static let entry = MethodEntry<any GradientAggregator>(
    "config", summary: "The direction with equal cosines with all tasks' gradients.",
    paper: "Liu, Chu, Thuerey, ConFIG: Towards Conflict-free Training of Physics Informed Neural Networks, ICLR 2025",
    parameters: [
      TaskPreference.entry(defaultingTo: "1"),
      MethodParameter(
        "momentum", .boolean, default: .text("false"),
        "whether averages of the gradients are combined, of which a step renews those of its own tasks"),
      MethodParameter(
        "beta1", .real(MomentumConFIG.betas), default: .number(0.9), "with momentum: how slowly averages follow"),
      MethodParameter(
        "beta2", .real(MomentumConFIG.betas), default: .number(0.999),
        "with momentum: how slowly the second moment follows"),
    ]
  ) { settings in
    let preference = try TaskPreference.numbers(settings)
    guard settings.boolean("momentum") else { return ConFIG(preference: preference) }
    return MomentumConFIG(
      beta1: settings.number("beta1"), beta2: settings.number("beta2"), preference: preference)
  }
}
