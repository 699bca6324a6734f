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
  /// The part of the training that is done, from 0 to 1; nil in evaluation, and where it is not known.
  public let progress: Double?
  /// What notes the gated layers of a pass, whose results do not matter then; nil in all other passes.
  let trace: GateTrace?

  /// Returns the context of training, for no task yet.
  ///
  /// - Parameters:
  ///   - generator: the source of dropout's and stochastic depth's draws.
  ///   - progress: the part of the training that is done, from 0 to 1; nil where it is not known, which layers whose
  ///     behavior follows it take for the training's end.
  public static func training(_ generator: RandomGenerator, progress: Double? = nil) -> ForwardContext {
    ForwardContext(isTraining: true, tasks: [], generator: generator, progress: progress, trace: nil)
  }
  /// The context of evaluation, for no task yet.
  public static let evaluation = ForwardContext(isTraining: false, tasks: [], generator: nil, progress: nil, trace: nil)

  /// Returns the context of a pass in evaluation that notes the gated layers, for no task yet.
  public static func tracing(_ trace: GateTrace) -> ForwardContext {
    ForwardContext(isTraining: false, tasks: [], generator: nil, progress: nil, trace: trace)
  }

  /// Returns the same context for one task.
  public func `for`(task: String) -> ForwardContext { self.for(tasks: [task]) }

  /// Returns the same context for some tasks, in the order of their streams.
  public func `for`(tasks: [String]) -> ForwardContext {
    ForwardContext(
      isTraining: isTraining, tasks: tasks, generator: generator, progress: progress, trace: trace)
  }
}
