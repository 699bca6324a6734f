/// An operation that libtorch refused, or a device or state that it cannot use.
public struct TorchError: Error, CustomStringConvertible, Sendable {
  /// What was refused and why, with the operator and its arguments' dtypes and shapes where there is one.
  public let description: String

  /// Creates an error with its whole text.
  public init(_ description: String) { self.description = description }
}
