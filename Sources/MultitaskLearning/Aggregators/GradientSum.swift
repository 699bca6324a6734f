/// The plain sum of the tasks' gradients: gradient descent on the sum of the losses.
public struct GradientSum: ConstantWeighting {
  public init() {}

  public func weight(taskCount: Int) -> Double { 1 }
}

extension GradientSum {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "sum", summary: "The sum of the gradients.", paper: "the baseline of every paper"
  ) { _ in GradientSum() }
}

/// The mean of the tasks' gradients. Tasks' own parameters still follow their own losses undivided.
public struct GradientMean: ConstantWeighting {
  public init() {}

  public func weight(taskCount: Int) -> Double { 1 / Double(taskCount) }
}

extension GradientMean {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "mean", summary: "The mean of the gradients.", paper: "the baseline of every paper"
  ) { _ in GradientMean() }
}
