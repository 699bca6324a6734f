/// Answers: which tasks update when?
public protocol UpdateSchedule: Checkpointed, Sendable {
  /// Whether an update may be that of some tasks alone: then methods that remember all tasks' gradients do not fit.
  var updatesSubsets: Bool { get }
  /// Whether it works on convolutions that are normalised for each task apart: ``SharesConvolutions``.
  var needsNormalizedConvolutions: Bool { get }

  /// Performs the updates for one batch.
  ///
  /// - Throws: ``NonFiniteError`` before any parameter has changed; ``MethodError`` from the method's parts.
  mutating func step(_ update: MultitaskUpdate) throws -> StepReport
}

extension UpdateSchedule {
  public var updatesSubsets: Bool { false }
  public var needsNormalizedConvolutions: Bool { false }
}
