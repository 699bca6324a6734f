import Support

/// The mean of those gradients that have the nearest neighbors: outliers are left out.
///
/// The score of a gradient is the sum of the squared distances to its K − f − 2 nearest others, where f gradients may be
/// arbitrary; the m lowest scores are taken, of equal ones that of the earlier task. Distances follow from the Gramian.
/// For a step of less than f + 3 tasks, f is K − 3; two gradients are as near to each other, and their mean is taken.
///
/// - Source: Blanchard et al., *Machine Learning with Adversaries: Byzantine Tolerant Gradient Descent*, NeurIPS 2017,
///   section 4; several gradients, section 6.
public struct Krum: GramianAggregator {
  /// What is added up for a score.
  public enum Distance: String, Sendable, CaseIterable {
    /// Squared distances, as published.
    case squared
    /// Distances, as in public code: another gradient may be chosen.
    case euclidean
  }

  /// How many gradients may be arbitrary, f.
  public let byzantine: Int
  /// How many gradients are taken, m.
  public let selected: Int
  /// What is added up for a score.
  public let distance: Distance

  static let counts = 0...1_000_000

  /// - Parameters:
  ///   - byzantine: how many gradients may be arbitrary, at least 0.
  ///   - selected: how many gradients are taken, at least 1; all of them where there are no more.
  ///   - distance: what is added up for a score.
  public init(byzantine: Int = 1, selected: Int = 1, distance: Distance = .squared) {
    require(Self.counts.contains(byzantine), "Krum: byzantine is \(byzantine), but has to be at least 0")
    require(selected >= 1 && Self.counts.contains(selected), "Krum: selected is \(selected), but has to be at least 1")
    self.byzantine = byzantine
    self.selected = selected
    self.distance = distance
  }

  /// The weights of the rows, from their inner products.
  public func weights(for gramian: Gramian, _ context: inout AggregationContext) -> Vector {
    let count = gramian.taskCount
    guard count > 2 else { return Vector(repeating: 1 / Double(count), count: count) }
    let neighborCount = count - min(byzantine, count - 3) - 2
    let scores = gramian.tasks.map { i in
      gramian.tasks.filter { $0 != i }.map { gap(gramian, i, $0) }.sorted().prefix(neighborCount).reduce(0, +)
    }
    let chosen = gramian.tasks.sorted { (scores[$0], $0) < (scores[$1], $1) }.prefix(selected)
    return Vector(gramian.tasks.map { chosen.contains($0) ? 1 / Double(chosen.count) : 0 })
  }

  /// The same number for both orders, even where rounding has left the Gramian a little unsymmetrical: of a single
  /// neighbor, the two nearest gradients have equal scores.
  private func gap(_ gramian: Gramian, _ i: Int, _ j: Int) -> Double {
    let square = max(0, gramian[i, i] + gramian[j, j] - 2 * gramian[min(i, j), max(i, j)])
    return distance == .squared ? square : square.squareRoot()
  }

  /// The gradient itself.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength { .multiple(1) }
}

extension Krum {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "krum", summary: "The mean of the gradients with the nearest neighbors, without outliers.",
    paper: "Blanchard et al., Machine Learning with Adversaries: Byzantine Tolerant Gradient Descent, NeurIPS 2017",
    parameters: [
      MethodParameter(
        "byzantine", .integer(counts), default: nil,
        "how many gradients may be arbitrary, K - 3 at most; 1 when left out, 0 for three tasks or fewer"),
      MethodParameter("selected", .integer(1...counts.upperBound), default: .number(1), "how many gradients are taken"),
      MethodParameter(
        "distance", .choice(Distance.allCases.map(\.rawValue)), default: .text("squared"),
        "what is added up: squared distances, as published, or distances, as in public code"),
    ]
  ) { settings in
    let (byzantine, count) = (settings.optionalInteger("byzantine"), settings.tasks.count)
    if let byzantine, count < byzantine + 3 {
      throw MethodError(
        "krum: byzantine is \(byzantine), which needs at least \(byzantine + 3) tasks, but there are \(count)")
    }
    if settings.integer("selected") > count {
      throw MethodError("krum: selected is \(settings.integer("selected")), but there are \(count) tasks")
    }
    return Krum(
      byzantine: byzantine ?? min(1, max(0, count - 3)), selected: settings.integer("selected"),
      distance: settings.choice("distance"))
  }
}
