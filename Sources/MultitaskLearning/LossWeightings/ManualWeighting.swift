import Support

/// Fixed weights chosen by a person, such as depth : segmentation : normals : edges = 1 : 1 : 10 : 50.
public struct ManualWeighting: LossWeighting {
  /// One for each task, in the network's order.
  public let weights: [Double]

  static let allowed = 0.0...1e30

  /// - Parameter weights: one for each task, from 0 to 1e30.
  public init(weights: [Double]) {
    require(
      weights.allSatisfy(Self.allowed.contains), "ManualWeighting: the weights \(weights) have to be in \(Self.allowed)"
    )
    self.weights = weights
  }

  /// The weights do not depend on the losses of the step.
  public var weighsByLosses: Bool { false }

  /// The weight of each loss.
  public func weights(for losses: [Double?], using generator: inout SeededGenerator) -> [Double] {
    require(losses.count == weights.count, "\(weights.count) weights for \(losses.count) losses")
    return weights
  }

  /// The sum of the weights.
  public func totalWeight(of tasks: [Int], among taskCount: Int) -> Double? {
    tasks.reduce(0) { $0 + weights[$1] }
  }
}

extension ManualWeighting {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "manual", summary: "Fixed weights by task.", paper: "Vandenhende et al., TPAMI 2021 (their grid-searched weights)",
    parameters: [
      MethodParameter("weights", .taskNumbers(allowed), default: nil, "a weight for each task"),
      MethodParameter(
        "set", .choice(ManualWeightSet.allCases.map(\.rawValue)), default: nil,
        "the weights of publications for a data set, where 'weights' has none"),
    ]
  ) { settings in
    let set = settings.optionalText("set").flatMap(ManualWeightSet.init)
    let weights = settings.taskNumbers("weights")
    guard set != nil || weights != nil else {
      throw MethodError(
        "manual needs 'weights', such as {\(settings.tasks.map { "\($0): 1" }.joined(separator: ", "))}, or a 'set' of them: \(ManualWeightSet.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    return ManualWeighting(
      weights: try settings.tasks.map { task in
        if let weight = weights?[task] ?? set?.weights[task] { return weight }
        let known = set.map { ": the set \($0.rawValue) has \($0.weights.keys.sorted().joined(separator: ", "))" } ?? ""
        throw MethodError("manual has no weight for the task '\(task)'\(known)")
      })
  }
}
