import Support

/// The plain sum of the tasks' gradients: gradient descent on the sum of the losses.
public struct GradientSum: ConstantAggregator {
  /// The only sum.
  public init() {}

  /// The direction is the plain sum.
  public var isPlainSum: Bool { true }

  /// One for each task.
  public func constantWeights(of tasks: [Int]) -> Vector { Vector(ones: tasks.count) }

  /// As many times the gradient as there are tasks.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength {
    .multiple(Double(tasks.count))
  }
}

extension GradientSum {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "sum", summary: "The sum of the gradients.", paper: "the baseline of every paper"
  ) { _ in GradientSum() }
}
