import MultitaskLearning
import NeuralNetworks

/// How a training optimizes what mixes the maps of tasks: by gradient descent with momentum, whatever the training's own
/// rule is, at a multiple of its learning rate.
///
/// - Source: the factor of 100 is that of Misra et al., *Cross-stitch Networks for Multi-task Learning*, CVPR 2016,
///   section 4.
public struct ExchangeTraining: Sendable, Equatable {
  /// The number that multiplies the training's learning rate, at least 0.
  public var learningRateFactor: Double
  /// The momentum, from 0 to 1.
  public var momentum: Double

  /// Creates a training at 100 times the learning rate by default.
  public init(learningRateFactor: Double = 100, momentum: Double = 0.9) {
    self.learningRateFactor = learningRateFactor
    self.momentum = momentum
  }

  /// Returns the optimizer group of a name.
  func group(_ name: String) -> OptimizerGroup {
    OptimizerGroup(name, optimizer: SGD(momentum: momentum), learningRateFactor: learningRateFactor)
  }
}

extension ExchangeTraining {
  static let parameters = [
    MethodParameter(
      "learningRateFactor", .real(0...1e6), default: .number(100), "the factor of the learning rate of what mixes maps"),
    MethodParameter("momentum", .real(0...1), default: .number(0.9), "the momentum of what mixes maps"),
  ]

  init(_ settings: MethodSettings) {
    self.init(
      learningRateFactor: settings.number("learningRateFactor"), momentum: settings.number("momentum"))
  }
}
