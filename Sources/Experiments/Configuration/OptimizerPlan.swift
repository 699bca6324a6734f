import MultitaskLearning
import NeuralNetworks

/// What a configuration says about optimizing parameters: the rule, the groups and what they hold, clipping, and the
/// course of the learning rate.
struct OptimizerPlan {
  /// The rule for what no group optimizes in another way.
  let rule: any Optimizer
  /// The groups, of different names.
  let groups: OptimizerGroups
  /// Nil if gradients are not clipped.
  let clipping: GradientClipping?
  /// The base rate, which ``schedule`` multiplies.
  let learningRate: Double
  let schedule: LearningRateSchedule

  /// Of each group, which parameters it holds; of several that hold a parameter, the first counts.
  private let assignments: [(selection: ParameterSelection, group: String)]

  /// - Parameters:
  ///   - choice: of which every field is allowed.
  ///   - totalSteps: the number of steps of the training.
  /// - Throws: ``ConfigurationError`` for a warm-up that is longer than the training.
  init(_ choice: Configuration.OptimizerChoice, totalSteps: Int) throws {
    guard choice.warmUpSteps < totalSteps else {
      throw ConfigurationError(
        "optimizer.warmUpSteps (\(choice.warmUpSteps)) leaves nothing of training.steps (\(totalSteps)): the warm-up has to be shorter than the training"
      )
    }
    rule = choice.rule(choice.name, momentum: choice.momentum)
    groups = OptimizerGroups(
      choice.groups.map { group in
        OptimizerGroup(
          group.groupName,
          optimizer: group.optimizer.map { choice.rule($0, momentum: group.momentum ?? choice.momentum) },
          learningRateFactor: group.learningRateFactor, weightDecay: group.weightDecay, isFrozen: group.isFrozen)
      }, decaysNormsAndBiases: choice.decaysNormsAndBiases)
    assignments = choice.groups.map { ($0.parameters, $0.groupName) }
    clipping = choice.clipNorm > 0 ? GradientClipping(maximumNorm: choice.clipNorm) : nil
    learningRate = choice.learningRate
    schedule = LearningRateSchedule(choice.shape, warmUpSteps: choice.warmUpSteps, totalSteps: totalSteps)
  }

  /// Finds a group whose rule would move parameters on after they are frozen.
  ///
  /// - Parameter parameters: those that stay as they are from some step on.
  /// - Throws: ``ConfigurationError`` that names the group.
  func checkFreezing(of parameters: [Parameter]) throws {
    for (selection, name) in assignments where parameters.contains(where: selection.contains) {
      guard groups[name]?.isFrozen != true else { continue }
      throw ConfigurationError(
        "optimizer.groups: \(selection) has gates or mixes, which network.sharing.freezeGatesAfter freezes: the momentum or the weight decay of a rule of their own would move them on. Leave the group out; network.sharing.learningRate sets their rate"
      )
    }
  }

  /// Puts the parameters of a network into the groups, and lays them out.
  ///
  /// - Throws: ``ConfigurationError`` for a group that takes no parameter, with the nearest name, and for a task that has
  ///   nothing left to be trained.
  func assignGroups(in store: ParameterStore, tasks: [String]) throws {
    if !assignments.isEmpty {
      do { try store.reassign(assignments) } catch { throw ConfigurationError("optimizer.groups: \(error)") }
    }
    store.layOut(for: groups)
    for (selection, group) in assignments where !store.allParameters.contains(where: { $0.scope.group == group }) {
      throw ConfigurationError(
        "optimizer.groups: all parameters of \(selection) are those of earlier entries: of several that match, the first counts"
      )
    }
    if let task = tasks.first(where: { !store.vectors.trains($0) }) {
      throw ConfigurationError(
        "optimizer.groups: everything that the loss of '\(task)' reaches is frozen: at least one parameter has to be trained"
      )
    }
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

  fileprivate var shape: LearningRateSchedule.Shape {
    switch schedule {
    case .constant: .constant
    case .polynomial: .polynomial(power: power)
    case .cosine: .cosine
    case .multiStep: .multiStep(milestones: milestones, factor: decay)
    }
  }
}

extension Configuration.OptimizerChoice.Name {
  /// How many numbers the optimizer remembers for each parameter.
  var statesPerParameter: Int {
    switch self {
    case .sgd: 1
    case .adam, .adamW: 2
    }
  }
}
