/// Answers: which tasks update when?
public protocol UpdateSchedule: Checkpointed, Sendable {
  /// Whether an update may be that of some tasks alone; defaults to false. Then methods that remember all tasks' gradients
  /// do not fit.
  var updatesSubsets: Bool { get }

  /// Whether the schedule combines the tasks' gradients itself, with respect to the parameters; defaults to false. Then no
  /// aggregator but the plain sum fits.
  var combinesGradients: Bool { get }

  /// Whether the schedule works on convolutions that are normalized for each task apart; defaults to false. The objective
  /// has to be ``ConvolutionSharing`` then.
  var needsNormalizedConvolutions: Bool { get }

  /// The passes through the network that a step needs at least, with which measurements compare it; defaults to
  /// ``UpdatePasses/eachTask``.
  var passes: UpdatePasses { get }

  /// Performs the updates for one batch: of ``MultitaskUpdate/presentTasks``, of which there is one at least.
  ///
  /// - Parameter update: the batch, and the moves that a step is made of.
  /// - Returns: what happened; of several updates, the losses of each task before the first of them.
  /// - Throws: ``NonFiniteError`` or ``MethodError`` from an update, which is not applied then. Updates before it in the
  ///   same step stay applied.
  mutating func step(_ update: MultitaskUpdate) throws -> StepReport
}

extension UpdateSchedule {
  /// Updates are those of all present tasks, unless a schedule says so.
  public var updatesSubsets: Bool { false }
  /// The aggregator combines the gradients, unless a schedule says so.
  public var combinesGradients: Bool { false }
  /// Any network will do, unless a schedule says so.
  public var needsNormalizedConvolutions: Bool { false }
  /// Each task has passes of its own, unless a schedule says so.
  public var passes: UpdatePasses { .eachTask }
}
