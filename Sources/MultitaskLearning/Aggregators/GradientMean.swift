import Support

/// The mean of the tasks' gradients. Tasks' own parameters still follow their own losses undivided.
public struct GradientMean: ConstantAggregator {
  /// The only mean.
  public init() {}

  /// The same fraction for each task.
  public func constantWeights(of tasks: [Int]) -> Vector {
    Vector(repeating: 1 / Double(tasks.count), count: tasks.count)
  }

  /// The gradient itself.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength { .multiple(1) }
}

extension GradientMean {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "mean", summary: "The mean of the gradients.", paper: "the baseline of every paper"
  ) { _ in GradientMean() }
}
