import Torch

/// How a network is evaluated: in training (with dropout, batch statistics) or not.
public struct ForwardContext: Sendable {
  public let isTraining: Bool
  let generator: RandomGenerator?

  /// - Parameter generator: the source of dropout's and stochastic depth's draws.
  public static func training(_ generator: RandomGenerator) -> ForwardContext {
    ForwardContext(isTraining: true, generator: generator)
  }
  public static let evaluation = ForwardContext(isTraining: false, generator: nil)
}
