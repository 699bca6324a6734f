import NeuralNetworks

/// By which backward passes an update gets its gradient: decided once, before anything is computed.
package struct DifferentiationPlan: Equatable, Sendable {
  package enum Route: Equatable, Sendable {
    /// One pass for the weighted sum of the losses.
    case joint
    /// One pass for each task, to the parameters or to the features, from the graph of all tasks.
    case rows(GradientLevel)
    /// One pass for each task to the parameters, each after its own forward pass: one task's graph at a time.
    case taskByTask
    /// One pass for each task and each of two independent batches, and one for a third batch.
    case independentBatches
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
    /// What the losses start from.
    package var features: Features.Kind
    /// Whether there are columns to combine: parameters that every task reaches and that are trained; of these, the
    /// gradients at the features reach those of the trunk alone.
    package var trainsShared: Bool

    package init(
      aggregator: GradientNeed, weighting: GradientNeed, knowsWeights: Bool, level: GradientLevel,
      features: Features.Kind, trainsShared: Bool
    ) {
      self.aggregator = aggregator
      self.weighting = weighting
      self.knowsWeights = knowsWeights
      self.level = level
      self.features = features
      self.trainsShared = trainsShared
    }
  }

  package let route: Route
  private let features: Features.Kind

  package init(_ situation: Situation) {
    route = Self.route(situation)
    features = situation.features
  }

  private static func route(_ situation: Situation) -> Route {
    // If everything that is shared is frozen, there is nothing to combine.
    let need = situation.trainsShared ? max(situation.aggregator, situation.weighting) : .weightedSum
    if need == .weightedSum { return .joint }
    if need == .independentBatches { return .independentBatches }
    if need == .secondOrder { return .secondOrder(situation.level) }
    if situation.level == .features { return .rows(.features) }
    return situation.features == .byTask && situation.knowsWeights ? .taskByTask : .rows(.parameters)
  }

  /// Whether what is to be seen can be read from the route's own graph, without changing what the route computes.
  package func shows(_ level: GradientLevel) -> Bool {
    switch route {
    // A graph of all tasks' streams would be passed for each task.
    case .joint: features != .byTask
    case .rows(.parameters): true
    case .taskByTask: level == .parameters
    case .rows(.features): level == .features
    case .independentBatches, .secondOrder: false
    }
  }
}
