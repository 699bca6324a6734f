import Torch

/// The circumstances in which a network is evaluated: in training (with dropout and batch statistics) or not, and for
/// which tasks, if layers of the trunk differ between tasks.
public struct ForwardContext: Sendable {
  /// Whether the network is in training.
  public let isTraining: Bool
  /// The tasks that ``Streams`` belong to, in their order; empty in a network whose tasks share everything.
  public let tasks: [String]
  /// The source of dropout's and stochastic depth's draws; nil in evaluation.
  public let generator: RandomGenerator?
  /// What notes the gated layers of a pass, whose results do not matter then; nil in all other passes.
  let trace: GateTrace?

  /// Returns the context of training, for no task yet.
  ///
  /// - Parameter generator: the source of dropout's and stochastic depth's draws.
  public static func training(_ generator: RandomGenerator) -> ForwardContext {
    ForwardContext(isTraining: true, tasks: [], generator: generator, trace: nil)
  }
  /// The context of evaluation, for no task yet.
  public static let evaluation = ForwardContext(isTraining: false, tasks: [], generator: nil, trace: nil)

  /// Returns the context of a pass in evaluation that notes the gated layers, for no task yet.
  public static func tracing(_ trace: GateTrace) -> ForwardContext {
    ForwardContext(isTraining: false, tasks: [], generator: nil, trace: trace)
  }

  /// Returns the same context for one task.
  public func `for`(task: String) -> ForwardContext { self.for(tasks: [task]) }

  /// Returns the same context for some tasks, in the order of their streams.
  public func `for`(tasks: [String]) -> ForwardContext {
    ForwardContext(isTraining: isTraining, tasks: tasks, generator: generator, trace: trace)
  }
}
