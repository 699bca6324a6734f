import Support

/// The losses weighed by a preference r, and drawn to its ray by their cosine with it: the total is
/// `r·L − λ cos(r, L)`.
///
/// The preference is fixed here. As published, it is drawn anew in each step, and is an input of the network, which then
/// serves every preference. With a large λ, weights may be negative. Losses that are all zero have no cosine, and weights r.
///
/// - Source: Ruchte, Grabocka, *Scalable Pareto Front Approximation for Deep Multi-Objective Learning*, ICDM 2021,
///   equation 6. The defaults of λ and r are ours.
public struct COSMOS: LossWeighting {
  /// How much the cosine counts, λ.
  public let lambda: Double
  private let taskPreference: TaskPreference

  /// How much each loss counts, r: one positive number for each task; nil for 1/K.
  public var preference: [Double]? { taskPreference.numbers }

  static let lambdas = 0.0...1e6

  /// - Parameters:
  ///   - lambda: how much the cosine counts, from 0 to a million.
  ///   - preference: how much each loss counts, one positive number for each task; nil for 1/K.
  public init(lambda: Double = 1, preference: [Double]? = nil) {
    require(Self.lambdas.contains(lambda), "COSMOS: lambda is \(lambda), but has to be in \(Self.lambdas)")
    self.lambda = lambda
    taskPreference = TaskPreference(preference, of: "COSMOS")
  }

  /// The weight of each loss.
  public func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] {
    let present = losses.present
    let r = taskPreference.vector(of: present, amongTasks: losses.count, default: 1 / Double(present.count))
    let l = Vector(present.map { losses[$0]! })
    // In the largest loss's size, so that no square leaves float64.
    let size = l.magnitudes.max() ?? 0
    guard size > 0 else { return spread(r, over: present, count: losses.count).orZeros }
    let unit = (l / size) / (l / size).norm
    let cosine = r.dot(unit) / r.norm
    let slope = (r / r.norm - cosine * unit) / (size * (l / size).norm)
    return spread(r - lambda * slope, over: present, count: losses.count).orZeros
  }
}

extension COSMOS {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "cosmos", summary: "Weighs the losses by a preference, and draws them to its ray.",
    paper: "Ruchte, Grabocka, Scalable Pareto Front Approximation for Deep Multi-Objective Learning, ICDM 2021",
    parameters: [
      MethodParameter("lambda", .real(lambdas), default: .number(1), "how much the cosine with the preference counts"),
      TaskPreference.entry(defaultingTo: "1/K"),
    ]
  ) { settings in COSMOS(lambda: settings.number("lambda"), preference: try TaskPreference.numbers(settings)) }
}
