import Torch

/// How a network is evaluated: in training (with dropout, batch statistics) or not; and for which tasks, if layers of the
/// trunk differ between tasks.
public struct ForwardContext: Sendable {
  public let isTraining: Bool
  /// The tasks that ``Streams`` belong to, in their order; empty in a network whose tasks share everything.
  public let tasks: [String]
  /// The source of dropout's and stochastic depth's draws; nil in evaluation.
  public let generator: RandomGenerator?

  /// - Parameter generator: the source of dropout's and stochastic depth's draws.
  public static func training(_ generator: RandomGenerator) -> ForwardContext {
    ForwardContext(isTraining: true, tasks: [], generator: generator)
  }
  public static let evaluation = ForwardContext(isTraining: false, tasks: [], generator: nil)

  /// The same for one task.
  public func `for`(task: String) -> ForwardContext { self.for(tasks: [task]) }

  /// The same for some tasks.
  public func `for`(tasks: [String]) -> ForwardContext {
    ForwardContext(isTraining: isTraining, tasks: tasks, generator: generator)
  }
}
