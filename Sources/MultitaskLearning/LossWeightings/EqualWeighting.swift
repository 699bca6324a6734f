import Support

/// Every loss counts once.
public struct EqualWeighting: LossWeighting {
  /// The method has no parameters.
  public init() {}

  /// The weights do not depend on the losses of the step.
  public var weighsByLosses: Bool { false }

  /// The weight of each loss.
  public func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] {
    losses.map { _ in 1 }
  }

  /// One for each task.
  public func totalWeight(of tasks: [Int], among taskCount: Int) -> Double? { Double(tasks.count) }
}

extension EqualWeighting {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "equal", summary: "Every loss counts once.", paper: "the baseline of every paper"
  ) { _ in EqualWeighting() }
}
