import Support
import Torch

/// Adam, or AdamW where the weight decay is decoupled, as libtorch's fused kernels.
///
/// - Source: Kingma, Ba, *Adam*, ICLR 2015; Loshchilov, Hutter, *Decoupled Weight Decay Regularization*, ICLR 2019.
public struct Adam: Optimizer {
  /// How weight decay acts.
  public enum WeightDecayKind: Sendable {
    /// Weight decay is added to the gradient (Adam).
    case inGradient
    /// Weight decay acts on the parameters apart from the gradient (AdamW).
    case decoupled
  }

  /// How much the mean of the gradients keeps in a step, from 0, below 1.
  public let beta1: Double
  /// How much the mean of the squared gradients keeps in a step, from 0, below 1.
  public let beta2: Double
  /// What is added to the root of the mean square.
  public let epsilon: Double
  /// The weight decay, at least 0.
  public let weightDecay: Double
  /// How the weight decay acts.
  public let weightDecayKind: WeightDecayKind

  private static let adam = Operator("_fused_adam_")
  private static let adamW = Operator("_fused_adamw_")

  /// Creates the rule. A number outside its range stops the process.
  ///
  /// - Parameters:
  ///   - beta1: the decay of the running mean of gradients, from 0 and below 1.
  ///   - beta2: the decay of the running mean of squared gradients, from 0 and below 1.
  ///   - epsilon: a number that is added to the divisor, at least 0.
  ///   - weightDecay: at least 0.
  ///   - weightDecayKind: the place where weight decay acts.
  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0,
    weightDecayKind: WeightDecayKind = .inGradient
  ) {
    for (name, beta) in [("beta1", beta1), ("beta2", beta2)] {
      require((0..<1).contains(beta), "Adam: \(name) is \(beta), but has to be from 0, below 1")
    }
    require(epsilon >= 0, "Adam: epsilon is \(epsilon), but has to be at least 0")
    require(weightDecay >= 0, "Adam: weightDecay is \(weightDecay), but has to be at least 0")
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.weightDecayKind = weightDecayKind
  }

  /// Moves a range along the gradient and the weight decay, without dividing by the root of the mean square.
  public func descend(
    _ vector: ParameterVector, range: Int, gradient: Tensor, learningRate: Double, weightDecay: Double?
  ) {
    vector.descend(range, along: gradient, learningRate: learningRate, weightDecay: weightDecay ?? self.weightDecay)
  }

  /// Updates a range in one fused kernel.
  public func update(
    _ vector: ParameterVector, range: Int, gradient: Tensor, learningRate: Double, weightDecay: Double?
  ) {
    let kernel = weightDecayKind == .decoupled ? Self.adamW : Self.adam
    func part(_ whole: Tensor) -> OperatorArgument { .tensors([vector.part(range, of: whole)]) }
    let step = vector.scalar("adam.step", ofRange: range)
    withoutGradients {
      step.add(inPlace: step.onesLike())
      kernel.perform(
        part(vector.values), part(gradient), part(vector.companion("adam.mean")),
        part(vector.companion("adam.variance")), .tensors([]), .tensors([step]), .real(learningRate), .real(beta1),
        .real(beta2), .real(weightDecay ?? self.weightDecay), .real(epsilon), false, false)
    }
  }
}
