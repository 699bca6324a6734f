/// Gradients for which a method has no direction: one of them is zero, or they cancel each other out, so that no
/// direction helps all tasks.
///
/// In training this is no reason to end: the step leaves out the tasks whose gradient is zero, and if there still is no
/// direction, the aggregated parameters stay where they are.
public struct NoDirectionError: Error, CustomStringConvertible, Sendable {
  /// What went wrong, in a sentence.
  public let description: String

  /// An error with a description, in a sentence.
  public init(_ description: String) { self.description = description }
}
