import Support
import Torch

/// Gradient descent with momentum, as libtorch's fused kernel: `v ← μ v + g + λθ; θ ← θ − η v`.
///
/// - Source: Sutskever et al., *On the Importance of Initialization and Momentum in Deep Learning*, ICML 2013, with the
///   learning rate outside of the velocity.
public struct SGD: Optimizer {
  /// The momentum μ, from 0 to 1.
  public let momentum: Double
  /// The weight decay λ, at least 0.
  public let weightDecay: Double
  /// Whether the momentum is Nesterov's.
  public let isNesterov: Bool

  private static let kernel = Operator("_fused_sgd_")

  /// Creates the rule. A number outside its range stops the process.
  ///
  /// - Parameters:
  ///   - momentum: the fraction μ of the velocity that is kept, from 0 to 1; the state has no velocity if it is 0.
  ///   - weightDecay: λ, at least 0.
  ///   - isNesterov: whether momentum is that of Nesterov.
  public init(momentum: Double = 0.9, weightDecay: Double = 0, isNesterov: Bool = false) {
    require((0...1).contains(momentum), "SGD: momentum is \(momentum), but has to be from 0 to 1")
    require(weightDecay >= 0, "SGD: weightDecay is \(weightDecay), but has to be at least 0")
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.isNesterov = isNesterov
  }

  /// Updates a range in one fused kernel.
  public func update(
    _ vector: ParameterVector, range: Int, gradient: Tensor, learningRate: Double, weightDecay: Double?
  ) {
    let velocity = momentum == 0 ? [] : [vector.part(range, of: vector.companion("sgd.momentum"))]
    withoutGradients {
      Self.kernel.perform(
        .tensors([vector.part(range, of: vector.values)]), .tensors([vector.part(range, of: gradient)]),
        .tensors(velocity), .real(weightDecay ?? self.weightDecay), .real(momentum), .real(learningRate), 0.0,
        .boolean(isNesterov), false, false)
    }
  }

  /// Moves a range along its velocity times the momentum, the gradient and the weight decay.
  public func descend(
    _ vector: ParameterVector, range: Int, gradient: Tensor, learningRate: Double, weightDecay: Double?
  ) {
    vector.descend(range, along: gradient, learningRate: learningRate, weightDecay: weightDecay ?? self.weightDecay)
    guard momentum != 0 else { return }
    withoutGradients {
      vector.part(range, of: vector.values).add(
        inPlace: vector.part(range, of: vector.companion("sgd.momentum")), scale: -learningRate * momentum)
    }
  }
}
