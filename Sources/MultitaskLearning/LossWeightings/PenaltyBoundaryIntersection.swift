import Support

/// The losses follow the ray of a preference: their length along it counts, and, θ times as much, their distance from it.
///
/// With `z = L − z*` and the unit preference ŵ, the total is `d_1 + θ d_2`, `d_1 = z·ŵ` and `d_2 = ‖z − d_1 ŵ‖`, of which
/// 10⁻¹² is added to the square: on the ray, the weights are ŵ. Far from the ray, weights may be negative: the loss of a
/// task that is ahead of the others may rise.
///
/// - Source: Zhang, Li, *MOEA/D: A Multiobjective Evolutionary Algorithm Based on Decomposition*, IEEE Transactions on
///   Evolutionary Computation 11, 2007, section II.
public struct PenaltyBoundaryIntersection: LossWeighting {
  /// How much the distance from the ray counts, θ.
  public let theta: Double
  /// z*, one for each task; empty for zeros.
  public let reference: [Double]
  private let taskPreference: TaskPreference

  /// The ray's direction, w: one positive number for each task; nil for ones.
  public var preference: [Double]? { taskPreference.numbers }

  static let thetas = 0.0...1e6
  static let references = -1e30...1e30

  /// - Parameters:
  ///   - theta: how much the distance from the ray counts, from 0 to a million.
  ///   - preference: the ray's direction, one positive number for each task; nil for ones.
  ///   - reference: where the ray begins, one number for each task; an empty list for zeros.
  public init(theta: Double = 5, preference: [Double]? = nil, reference: [Double] = []) {
    require(
      Self.thetas.contains(theta), "PenaltyBoundaryIntersection: theta is \(theta), but has to be in \(Self.thetas)")
    require(
      reference.allSatisfy(Self.references.contains),
      "PenaltyBoundaryIntersection: the reference \(reference) has to be in \(Self.references)")
    self.theta = theta
    self.reference = reference
    taskPreference = TaskPreference(preference, of: "PenaltyBoundaryIntersection")
  }

  /// The weight of each loss.
  public func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] {
    let present = losses.present
    let preference = taskPreference.vector(of: present, amongTasks: losses.count, default: 1)
    let ray = preference / preference.norm
    let z = Vector(present.map { losses[$0]! - (reference.isEmpty ? 0 : reference[$0]) })
    let beside = z - z.dot(ray) * ray
    let distance = (beside.dot(beside) + 1e-12).squareRoot()
    return spread(ray + theta * (beside / distance), over: present, count: losses.count).orZeros
  }
}

extension PenaltyBoundaryIntersection {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "pbi", summary: "Drives the losses along the ray of a preference.",
    paper:
      "Zhang, Li, MOEA/D: A Multiobjective Evolutionary Algorithm Based on Decomposition, IEEE Transactions on Evolutionary Computation 2007",
    parameters: [
      MethodParameter("theta", .real(thetas), default: .number(5), "how much the distance from the ray counts"),
      TaskPreference.entry(defaultingTo: "1"),
      MethodParameter(
        "reference", .taskNumbers(references), default: nil, "where the ray begins; 0 when left out"),
    ]
  ) { settings in
    let reference = settings.taskNumbers("reference")
    return PenaltyBoundaryIntersection(
      theta: settings.number("theta"), preference: try TaskPreference.numbers(settings),
      reference: reference.map { numbers in settings.tasks.map { numbers[$0] ?? 0 } } ?? [])
  }
}
