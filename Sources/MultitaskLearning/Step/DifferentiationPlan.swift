/// By which backward passes an update gets its gradient: decided once, before anything is computed.
package struct DifferentiationPlan: Equatable, Sendable {
  package enum Route: Equatable, Sendable {
    /// One pass for the weighted sum of the losses.
    case joint
    /// One pass for each task, to the parameters or to the features, from the graph of all tasks.
    case rows(GradientLevel)
    /// One pass for each task to the parameters, each after its own forward pass: one task's graph at a time.
    case taskByTask
    /// Two passes for each task: the second differentiates a function of the gradients.
    case secondOrder(GradientLevel)
  }

  /// What a plan is made from.
  package struct Situation: Equatable, Sendable {
    /// What the aggregator needs.
    package var aggregator: GradientNeed
    /// What the weighting needs.
    package var weighting: GradientNeed
    /// Whether the weights of the losses are known before the losses.
    package var knowsWeights: Bool
    /// What the aggregator's gradients are taken with respect to.
    package var level: GradientLevel
    /// Whether each task has features of its own.
    package var featuresDependOnTask: Bool
    /// Whether anything that all tasks share is trained.
    package var trainsShared: Bool

    package init(
      aggregator: GradientNeed, weighting: GradientNeed, knowsWeights: Bool, level: GradientLevel,
      featuresDependOnTask: Bool, trainsShared: Bool
    ) {
      self.aggregator = aggregator
      self.weighting = weighting
      self.knowsWeights = knowsWeights
      self.level = level
      self.featuresDependOnTask = featuresDependOnTask
      self.trainsShared = trainsShared
    }
  }

  package let route: Route
  private let featuresDependOnTask: Bool

  package init(_ situation: Situation) {
    route = Self.route(situation)
    featuresDependOnTask = situation.featuresDependOnTask
  }

  private static func route(_ situation: Situation) -> Route {
    // If everything that is shared is frozen, there is nothing to combine.
    let need = situation.trainsShared ? max(situation.aggregator, situation.weighting) : .weightedSum
    if need == .weightedSum { return .joint }
    if need == .secondOrder { return .secondOrder(situation.level) }
    if situation.level == .features { return .rows(.features) }
    return situation.featuresDependOnTask && situation.knowsWeights ? .taskByTask : .rows(.parameters)
  }

  /// Whether what is to be seen can be read from the route's own graph, without changing what the route computes.
  package func shows(_ level: GradientLevel) -> Bool {
    switch route {
    // A graph of all tasks' streams would be passed for each task.
    case .joint: !featuresDependOnTask
    case .rows(.parameters): true
    case .taskByTask: level == .parameters
    case .rows(.features): level == .features
    case .secondOrder: false
    }
  }
}
