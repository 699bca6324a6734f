import Support
import Torch

/// How a training optimizes the parameters of one group.
public struct OptimizerGroup: Sendable {
  /// The name by which parameters declare the group (``ParameterPath/optimized(in:)``) or are assigned to it
  /// (``ParameterStore/assign(_:to:)``).
  public let name: String
  /// The group's own rule; nil if it follows that of the training.
  public let optimizer: (any Optimizer)?
  /// The number that multiplies the training's learning rate, at least 0.
  public let learningRateFactor: Double
  /// The group's own learning rate, at least 0, which no schedule changes; nil if the group follows the training's rate.
  public let constantLearningRate: Double?
  /// The group's own weight decay, at least 0; nil if the rule's applies.
  public let weightDecay: Double?
  /// Whether the group is trained no more. Its gradients are no columns of G.
  public let isFrozen: Bool

  /// Creates a group. A factor or a weight decay outside its range stops the process.
  ///
  /// - Parameters:
  ///   - name: the name by which parameters declare the group or are assigned to it.
  ///   - optimizer: the group's own rule; nil if it follows that of the training.
  ///   - learningRateFactor: the number that multiplies the training's learning rate, finite and at least 0.
  ///   - constantLearningRate: the group's own learning rate, finite and at least 0; nil if the group follows the
  ///     training's rate.
  ///   - weightDecay: the group's own weight decay, finite and at least 0; nil if the rule's applies.
  ///   - isFrozen: whether the group is trained no more.
  public init(
    _ name: String, optimizer: (any Optimizer)? = nil, learningRateFactor: Double = 1,
    constantLearningRate: Double? = nil, weightDecay: Double? = nil, isFrozen: Bool = false
  ) {
    require(
      learningRateFactor >= 0 && learningRateFactor.isFinite,
      "OptimizerGroup '\(name)': learningRateFactor is \(learningRateFactor), but has to be a finite number of at least 0"
    )
    require(
      constantLearningRate.map { $0 >= 0 && $0.isFinite } ?? true,
      "OptimizerGroup '\(name)': constantLearningRate is \(constantLearningRate ?? 0), but has to be a finite number of at least 0"
    )
    require(
      weightDecay.map { $0 >= 0 && $0.isFinite } ?? true,
      "OptimizerGroup '\(name)': weightDecay is \(weightDecay ?? 0), but has to be a finite number of at least 0")
    self.name = name
    self.optimizer = optimizer
    self.learningRateFactor = learningRateFactor
    self.constantLearningRate = constantLearningRate
    self.weightDecay = weightDecay
    self.isFrozen = isFrozen
  }
}

/// Groups of parameters that a training optimizes in ways of their own. Parameters of a group that is not defined here are
/// optimized as those of no group; a group that no parameter of the network is in is an error
/// (``ParameterStore/layOut(for:)``).
public struct OptimizerGroups: Sendable {
  /// The groups, of different names.
  public let groups: [OptimizerGroup]
  /// Whether weight decay acts on norms and biases, too; defaults to true.
  ///
  /// If it does not, it spares parameters of at most one axis (biases, the factors and offsets of norms) and those that
  /// their network counts among them (``ParameterPath/countingAsBias()``: position embeddings, class tokens, tokens of
  /// tasks), as timm does.
  public let decaysNormsAndBiases: Bool

  /// Creates groups of different names.
  public init(_ groups: [OptimizerGroup] = [], decaysNormsAndBiases: Bool = true) {
    require(Set(groups.map(\.name)).count == groups.count, "two optimizer groups of one name: \(groups.map(\.name))")
    self.groups = groups
    self.decaysNormsAndBiases = decaysNormsAndBiases
  }

  /// Returns these groups, and those of a network that are not defined here.
  public func completed(by defaults: [OptimizerGroup]) -> OptimizerGroups {
    OptimizerGroups(
      groups + defaults.filter { self[$0.name] == nil }, decaysNormsAndBiases: decaysNormsAndBiases)
  }

  /// The group of a name; nil if it is not defined.
  public subscript(name: String) -> OptimizerGroup? { groups.first { $0.name == name } }
}

/// A rule, with other rules, rates and decays for the parameters of some groups.
public struct GroupedOptimizer: Optimizer {
  /// The rule of parameters whose group has none of its own.
  public let base: any Optimizer
  /// The groups that are optimized in ways of their own.
  public let groups: OptimizerGroups

  /// Creates a rule that follows `base` where no group says otherwise.
  public init(_ base: any Optimizer, _ groups: OptimizerGroups) {
    self.base = base
    self.groups = groups
  }

  /// Updates a range by the rule, the rate and the decay of its group.
  public func update(
    _ vector: ParameterVector, range number: Int, gradient: Tensor, learningRate: Double, weightDecay: Double?
  ) {
    let rule = rule(of: vector.ranges[number], learningRate, weightDecay)
    rule.optimizer.update(
      vector, range: number, gradient: gradient, learningRate: rule.learningRate, weightDecay: rule.weightDecay)
  }

  /// Moves a range by the rule, the rate and the decay of its group.
  public func descend(
    _ vector: ParameterVector, range number: Int, gradient: Tensor, learningRate: Double, weightDecay: Double?
  ) {
    let rule = rule(of: vector.ranges[number], learningRate, weightDecay)
    rule.optimizer.descend(
      vector, range: number, gradient: gradient, learningRate: rule.learningRate, weightDecay: rule.weightDecay)
  }

  /// The rate that the rule of the range's group makes of the group's rate.
  public func learningRate(of range: ParameterRange, at learningRate: Double) -> Double {
    (groups[range.group]?.optimizer ?? base).learningRate(of: range, at: groupRate(of: range, learningRate))
  }

  /// The rate of the range's group, before its rule.
  private func groupRate(of range: ParameterRange, _ learningRate: Double) -> Double {
    let group = groups[range.group]
    return group?.constantLearningRate ?? learningRate * (group?.learningRateFactor ?? 1)
  }

  /// The rule, the rate and the decay of a range's group.
  private func rule(
    of range: ParameterRange, _ learningRate: Double, _ weightDecay: Double?
  ) -> (optimizer: any Optimizer, learningRate: Double, weightDecay: Double?) {
    let group = groups[range.group]
    return (
      group?.optimizer ?? base, groupRate(of: range, learningRate),
      range.isDecayed ? weightDecay ?? group?.weightDecay : 0
    )
  }
}
