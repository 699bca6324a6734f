import Support

/// Fixed weights on the gradients of what the tasks share. Tasks' own parameters follow their own losses without these
/// weights: ``ManualWeighting`` weighs both.
///
/// No gradient has to be known by itself: one backward pass through the weighted sum of the losses gives the direction.
public struct ConstantGradientWeighting: ConstantAggregator {
  /// One for each of the network's tasks, in their order.
  public let weights: [Double]

  static let allowed = -1e30...1e30

  /// - Parameter weights: one for each of the network's tasks, in their order.
  public init(weights: [Double]) {
    require(
      weights.allSatisfy(Self.allowed.contains),
      "ConstantGradientWeighting: the weights \(weights) have to be in \(Self.allowed)")
    self.weights = weights
  }

  /// The weights of the given tasks.
  public func constantWeights(of tasks: [Int]) -> Vector {
    require(
      tasks.allSatisfy(weights.indices.contains),
      "ConstantGradientWeighting: \(weights.count) weights, but gradients of the tasks \(tasks) (from 0)")
    return Vector(tasks.map { weights[$0] })
  }

  /// The gradient times the sum of the weights.
  public func directionLength(of tasks: [Int], among taskCount: Int) -> DirectionLength {
    .multiple(constantWeights(of: tasks).sum)
  }
}

extension ConstantGradientWeighting {
  /// As the registry knows it.
  public static let entry = MethodEntry<any GradientAggregator>(
    "constant", summary: "Fixed weights on the gradients of what the tasks share.", paper: "a baseline of public code",
    parameters: [
      MethodParameter("weights", .taskNumbers(allowed), default: nil, "a weight for each task; 1 when left out")
    ]
  ) { settings in
    let weights = settings.taskNumbers("weights") ?? [:]
    return ConstantGradientWeighting(weights: settings.tasks.map { weights[$0] ?? 1 })
  }
}
