import Torch

/// Fixed weights chosen by a person, such as depth : segmentation : normals : edges = 1 : 1 : 10 : 50.
public struct ManualWeighting: LossWeighting {
  /// One for each task, in the network's order.
  public let weights: [Double]

  public init(weights: [Double]) { self.weights = weights }

  public var weighsByLosses: Bool { false }

  public func weights(for losses: [Double], using generator: inout SeededGenerator) -> [Double] {
    precondition(losses.count == weights.count, "\(weights.count) weights for \(losses.count) losses")
    return weights
  }
}

extension ManualWeighting {
  /// As the registry knows it.
  public static let entry = MethodEntry<any LossWeighting>(
    "manual", summary: "Fixed weights by task.", paper: "Vandenhende et al., TPAMI 2021 (their grid-searched weights)",
    parameters: [
      MethodParameter("weights", .taskNumbers(0...1e30), default: nil, "a weight for each task")
    ]
  ) { settings in
    guard let weights = settings.taskNumbers("weights") else {
      throw MethodError(
        "manual needs 'weights', such as {\(settings.tasks.map { "\($0): 1" }.joined(separator: ", "))}")
    }
    return ManualWeighting(
      weights: try settings.tasks.map { task in
        guard let weight = weights[task] else { throw MethodError("manual has no weight for the task '\(task)'") }
        return weight
      })
  }
}
