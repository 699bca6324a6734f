/// Answers: which tasks update when?
public protocol UpdateSchedule: Checkpointed, Sendable {
  /// Whether an update may be that of some tasks alone: then methods that remember all tasks' gradients do not fit.
  var updatesSubsets: Bool { get }
  /// Whether it works on convolutions that are normalized for each task apart: ``SharesConvolutions``.
  var needsNormalizedConvolutions: Bool { get }

  /// Performs the updates for one batch: of ``MultitaskUpdate/presentTasks``, of which there is one at least.
  ///
  /// - Throws: ``NonFiniteError`` or ``MethodError`` from an update, which is not applied then. Updates before it in the
  ///   same step stay applied.
  mutating func step(_ update: MultitaskUpdate) throws -> StepReport
}

extension UpdateSchedule {
  public var updatesSubsets: Bool { false }
  public var needsNormalizedConvolutions: Bool { false }
}
