import Torch

/// How a network is evaluated: in training (with dropout, batch statistics) or not; and for which task, where layers of
/// the shared part differ between tasks.
public struct ForwardContext: Sendable {
  public let isTraining: Bool
  public let task: String?
  let generator: RandomGenerator?

  /// - Parameter generator: the source of dropout's and stochastic depth's draws.
  public static func training(_ generator: RandomGenerator) -> ForwardContext {
    ForwardContext(isTraining: true, task: nil, generator: generator)
  }
  public static let evaluation = ForwardContext(isTraining: false, task: nil, generator: nil)

  /// The same for one task.
  public func `for`(task: String) -> ForwardContext {
    ForwardContext(isTraining: isTraining, task: task, generator: generator)
  }
}
