import Support

/// What a method's directions are multiplied by.
///
/// With equal gradients g of T tasks, methods step along anything from g to T g: under an optimizer that looks at the length
/// of a direction, as stochastic gradient descent does, that is a learning rate of its own for each method. Adam does not
/// look at lengths, and neither do weightings that choose their own.
///
/// - Source: *Robust Analysis of Multi-Task Learning Efficiency: New Benchmarks on Light-Weighed Backbones and Effective
///   Measurement of Multi-Task Learning Challenges by Feature Disentanglement*, whose baseline steps along the sum.
public enum MethodScale: String, Sendable, CaseIterable {
  /// Nothing: the method has the scale in which it was published.
  case native
  /// A constant of the weighting and of the aggregator, each of which makes T g of T equal gradients g then, as the sum does.
  ///
  /// The constants follow from ``LossWeighting/totalWeight(of:among:)`` and ``GradientAggregator/directionLength(of:among:)``.
  /// Weights whose sum depends on the lengths of the gradients are divided by that sum in every step. A part that declares
  /// nothing keeps its own scale.
  case common
}

extension MethodScale {
  /// What the weights of the losses are multiplied by.
  ///
  /// - Parameters:
  ///   - tasks: the tasks that have labels in the step.
  ///   - taskCount: the number of all tasks.
  func factor(of weighting: any LossWeighting, _ tasks: [Int], among taskCount: Int) -> Double {
    guard self == .common, let total = weighting.totalWeight(of: tasks, among: taskCount), total > 0 else { return 1 }
    return Double(tasks.count) / total
  }

  /// What the aggregator's direction or its weights are multiplied by, of those whose length is a multiple.
  func factor(of aggregator: any GradientAggregator, _ tasks: [Int], among taskCount: Int) -> Double {
    guard self == .common, case .multiple(let multiple) = aggregator.directionLength(of: tasks, among: taskCount),
      multiple > 0
    else { return 1 }
    return Double(tasks.count) / multiple
  }

  /// Whether the aggregator's weights are divided by their sum in each step.
  func normalizesWeights(of aggregator: any GradientAggregator, _ tasks: [Int], among taskCount: Int) -> Bool {
    self == .common && aggregator.directionLength(of: tasks, among: taskCount) == .sumOfWeights
  }
}
