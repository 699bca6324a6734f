import MultitaskLearning
import NeuralNetworks

// How a configuration's parameters are optimized.
extension Configuration {
  /// The rule for what no group optimizes in another way.
  func makeOptimizer() -> any Optimizer { optimizer.rule(optimizer.name, momentum: optimizer.momentum) }

  /// Puts the parameters of a network into the groups of `optimizer.groups`, and lays them out.
  ///
  /// - Throws: ``ConfigurationError`` for an entry that takes no parameter, with the nearest name, and for a task that has
  ///   nothing left to be trained.
  func assignOptimizerGroups(in store: ParameterStore, tasks: [String]) throws -> OptimizerGroups {
    let groups = OptimizerGroups(
      optimizer.groups.map { choice in
        OptimizerGroup(
          choice.groupName,
          optimizer: choice.optimizer.map { optimizer.rule($0, momentum: choice.momentum ?? optimizer.momentum) },
          learningRateFactor: choice.learningRateFactor, weightDecay: choice.weightDecay, isFrozen: choice.isFrozen)
      }, decaysNormsAndBiases: optimizer.decaysNormsAndBiases)
    for choice in optimizer.groups {
      do { try store.assign(choice.parameters, to: choice.groupName) } catch {
        throw ConfigurationError("optimizer.groups: \(error)")
      }
    }
    store.layOut(for: groups)
    for choice in optimizer.groups where !store.allParameters.contains(where: { $0.scope.group == choice.groupName }) {
      throw ConfigurationError(
        "optimizer.groups: all parameters of \(choice.parameters) are those of earlier entries: of several that match, the first counts"
      )
    }
    if let task = tasks.first(where: { !store.vectors.trains($0) }) {
      throw ConfigurationError(
        "optimizer.groups: everything that the loss of '\(task)' reaches is frozen: at least one parameter has to be trained"
      )
    }
    return groups
  }
}

extension Configuration.OptimizerChoice {
  fileprivate func rule(_ name: Name, momentum: Double) -> any Optimizer {
    switch name {
    case .sgd: SGD(momentum: momentum, weightDecay: weightDecay)
    case .adam: Adam(weightDecay: weightDecay)
    case .adamW: Adam(weightDecay: weightDecay, weightDecayKind: .decoupled)
    }
  }
}
